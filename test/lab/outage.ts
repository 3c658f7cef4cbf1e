// Owns how a test takes a server of the lab away for a while.
import { inject } from 'vitest';
import type { LabServerName } from './lab.ts';

/**
 * Runs `during` while a server is stopped, and starts it again in any case: same port, same users and rooms.
 * Connections are refused meanwhile. For a server that hangs or breaks off instead, see slowProxy.ts.
 */
export async function whileAway<T>(name: LabServerName, during: () => Promise<T>): Promise<T> {
  await stopLabServer(name);
  try {
    return await during();
  } finally {
    await startLabServer(name);
  }
}

/** Stops a server; done when its process has ended. */
export async function stopLabServer(name: LabServerName): Promise<void> {
  await turn(name, 'stop');
}

/** Starts a stopped server; done when it answers. */
export async function startLabServer(name: LabServerName): Promise<void> {
  await turn(name, 'start');
}

async function turn(name: LabServerName, action: 'stop' | 'start'): Promise<void> {
  const answer = await fetch(`${inject('lab').controlUrl}/${name}/${action}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`could not ${action} ${name}: ${answer.status} ${await answer.text()}`);
}
