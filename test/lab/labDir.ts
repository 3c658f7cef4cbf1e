// Owns where the lab keeps what outlives a run: the chroot, 620 MB, outside the checkout.

/** LECTOR_LAB_DIR, or /var/tmp/lector-lab. */
export function labDir(env: NodeJS.ProcessEnv): string {
  return env.LECTOR_LAB_DIR || '/var/tmp/lector-lab';
}
