// Owns the lab's life around the end-to-end tests: up once before the first, down after the last.
import type { TestProject } from 'vitest/node';
import { serveControl } from './controlServer.ts';
import { type LabAddresses, startLab } from './lab.ts';
import { labDir } from './labDir.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The lab's servers, for `inject('lab')`. */
    lab: LabAddresses & { controlUrl: string };
  }
}

/** vitest's hook: starts the lab, hands its addresses to the tests, and returns what takes it down again. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lab = await startLab(labDir(process.env));
  const control = await serveControl(lab.servers);
  project.provide('lab', { ...lab.addresses, controlUrl: control.url });
  return async () => {
    await control.close();
    await lab.stop();
  };
}
