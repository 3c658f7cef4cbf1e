// Owns what the tests of one file share and leave behind: a key server, members, and folders that go when a test ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createKeyServer, type KeyServer } from './keyServer.ts';
import { createMember, type Member, type MemberOptions } from './member.ts';

export type Rig = {
  server: KeyServer;
  /** Has all members so far know each other's devices, as members of an encrypted room do. */
  meet(): Promise<void>;
  /** A member whose machine is closed when the test ends. */
  join(userId: string, deviceId?: string, options?: MemberOptions): Promise<Member>;
};

/** For one test. */
export function createRig(): Rig {
  const server = createKeyServer();
  const members: Member[] = [];
  return {
    server,
    meet: async () => {
      for (const member of members) {
        await member.traffic.follow(members.map(({ userId }) => userId));
        await member.sync();
      }
    },
    join: async (userId, deviceId = `${userId.slice(1, 3).toUpperCase()}1`, options) => {
      const member = await createMember(server, userId, deviceId, options);
      members.push(member);
      onTestFinished(() => member.machine.close());
      return member;
    },
  };
}

/** A folder that is gone when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'matrix-crypto-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
