// Owns a member of a room with one device: a machine, its key traffic on a key server, and events to and from others.
import {
  createKeyTraffic,
  EncryptionSettings,
  OlmMachine,
  type OutgoingRequest,
  type TrustRequirement,
} from '../../index.ts';
import type { KeyServer } from './keyServer.ts';

export const ROOM = '!room:example.org';

export type RoomEvent = { event_id: string; sender: string; type: string; content: Record<string, unknown> };
export type Member = Awaited<ReturnType<typeof createMember>>;

export type MemberOptions = {
  storePath?: string;
  /** It neither uploads its keys nor asks for others before it is told to. */
  isSilent?: boolean;
  /** Stands between the machine and the server. */
  through?: (request: OutgoingRequest, send: (request: OutgoingRequest) => Promise<string>) => Promise<string>;
};

let nextEvent = 0;

/** Settings with some of them changed. */
export const settings = (changes: Partial<EncryptionSettings> = {}) => Object.assign(new EncryptionSettings(), changes);

export async function createMember(server: KeyServer, userId: string, deviceId: string, options: MemberOptions = {}) {
  const machine = await OlmMachine.initialize(userId, deviceId, options.storePath);
  const access = server.access(userId, deviceId);
  const send = (request: OutgoingRequest) =>
    options.through ? options.through(request, access.send) : access.send(request);
  const traffic = createKeyTraffic(machine, send);

  async function sync(): Promise<void> {
    await traffic.receive(access.sync());
    await traffic.sendRequests();
  }
  async function say(body: string, to: string[], encryption = settings()): Promise<RoomEvent> {
    const content = await traffic.encrypt({
      roomId: ROOM,
      users: [userId, ...to],
      settings: encryption,
      type: 'm.room.message',
      content: { msgtype: 'm.text', body },
    });
    nextEvent += 1;
    return { event_id: `$${nextEvent}`, sender: userId, type: 'm.room.encrypted', content };
  }
  const decrypt = (event: RoomEvent, trust?: TrustRequirement) =>
    machine.decryptRoomEvent(JSON.stringify({ ...event, origin_server_ts: 1, room_id: ROOM }), ROOM, trust);
  async function read(event: RoomEvent, trust?: TrustRequirement): Promise<string> {
    return JSON.parse((await decrypt(event, trust)).event).content.body;
  }

  if (!options.isSilent) await sync();
  return { userId, deviceId, machine, access, traffic, sync, say, decrypt, read };
}
