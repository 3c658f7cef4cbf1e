// Owns a member of rooms: a small client of its own on fetch, for the demo and the tests; it works with any homeserver.
import { randomUUID } from 'node:crypto';
import { redactedIds } from './conversation.ts';
import { type Content, isObject } from './events.ts';
import { type Api, createApi, path } from './memberApi.ts';
import { MemberRooms, type SeenEvent, type WaitOptions } from './memberRooms.ts';
import { startSync } from './memberSync.ts';
import { fileContent, type PostedFile, type TextOptions, textContent } from './messageContent.ts';

export type { SeenEvent, WaitOptions } from './memberRooms.ts';
export type { PostedFile, TextOptions } from './messageContent.ts';

export type MemberOptions = {
  homeserverUrl: string;
  /** Localpart or full user id. */
  user: string;
  password: string;
  /** Opens the account first. */
  register?: boolean;
  /** Keeps the device over several logins. */
  deviceId?: string;
  fetch?: typeof fetch;
};

export type RoomWish = {
  invite?: string[];
  encrypted?: boolean;
  name?: string;
  preset?: 'private_chat' | 'trusted_private_chat' | 'public_chat';
  isDirect?: boolean;
};

type Sent = { eventId: string };

export type Member = {
  userId: string;
  accessToken: string;
  deviceId: string;
  /** Calls of the API that have no function here. */
  api: Api;
  /** Returns the room's id. */
  createRoom(wish?: RoomWish): Promise<string>;
  invite(roomId: string, userId: string): Promise<void>;
  joinRoom(roomId: string): Promise<void>;
  leaveRoom(roomId: string, reason?: string): Promise<void>;
  kick(roomId: string, userId: string, reason?: string): Promise<void>;
  setDisplayName(name: string): Promise<void>;
  sendText(roomId: string, text: string, options?: TextOptions): Promise<Sent>;
  sendEvent(roomId: string, type: string, content: Content): Promise<Sent>;
  setState(roomId: string, type: string, content: Content, stateKey?: string): Promise<Sent>;
  editText(roomId: string, eventId: string, text: string): Promise<Sent>;
  react(roomId: string, eventId: string, key: string): Promise<Sent>;
  redact(roomId: string, eventId: string, reason?: string): Promise<Sent>;
  /** Returns the `mxc://` address. */
  uploadMedia(bytes: Uint8Array, mime: string, fileName?: string): Promise<string>;
  downloadMedia(mxcUri: string): Promise<Buffer>;
  /** Uploads the file and posts it. */
  postFile(roomId: string, file: PostedFile): Promise<Sent>;
  /** Rooms that the member is invited to now. */
  invites(): string[];
  /** All events of the room seen so far, oldest first: its history included when the member could read it. */
  timeline(roomId: string): SeenEvent[];
  /** The first event that fits, seen already or still to come; rejects with AppError `timeout`. */
  waitFor(roomId: string, predicate: (event: SeenEvent) => boolean, options?: WaitOptions): Promise<SeenEvent>;
  /** What others have answered to an event so far, in its thread or as replies, and not redacted; edits are no answers. */
  answersTo(eventId: string): SeenEvent[];
  /** Ends the sync loop; the session stays valid. */
  close(): Promise<void>;
};

/** Logs a member in (and registers first, if so wished) and syncs once; throws AppError when the homeserver refuses. */
export async function createMember(options: MemberOptions): Promise<Member> {
  const { homeserverUrl, fetch } = options;
  const connection = { homeserverUrl, ...(fetch && { fetch }) };
  const login = await logIn(createApi(connection), options);
  const userId = String(login.user_id);
  const accessToken = String(login.access_token);
  const api = createApi({ ...connection, accessToken });
  const rooms = new MemberRooms();
  const sync = await startSync(api, rooms);
  return {
    userId,
    accessToken,
    deviceId: String(login.device_id),
    api,
    ...roomActions(api, userId),
    ...sendActions(api),
    invites: sync.invites,
    timeline: (roomId) => rooms.timeline(roomId),
    waitFor: (roomId, predicate, waiting = {}) => rooms.waitFor(roomId, predicate, waiting),
    answersTo: (eventId) => {
      const gone = redactedIds(rooms.all());
      const answers = rooms.all().filter((event) => event.sender !== userId && isAnswer(event, eventId));
      return answers.filter((event) => !gone.has(event.event_id));
    },
    close: sync.stop,
  };
}

async function logIn(api: Api, { user, password, register, deviceId }: MemberOptions): Promise<Content> {
  const device = { device_id: deviceId, initial_device_display_name: 'Lector member' };
  if (register) {
    const auth = { type: 'm.login.dummy' };
    const json = { username: localpartOf(user), password, auth, ...device };
    return api.call({ method: 'POST', path: '/_matrix/client/v3/register', json });
  }
  const json = { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password, ...device };
  return api.call({ method: 'POST', path: '/_matrix/client/v3/login', json });
}

const localpartOf = (user: string) => user.replace(/^@([^:]*):.*$/, '$1');

function roomActions(api: Api, userId: string) {
  const act = async (roomPath: string, json: Content) => {
    await api.call({ method: 'POST', path: roomPath, json });
  };
  return {
    createRoom: async ({ invite, encrypted, name, preset = 'private_chat', isDirect }: RoomWish = {}) => {
      const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
      const json = { preset, invite, name, is_direct: isDirect, initial_state: encrypted ? [encryption] : [] };
      const room = await api.call({ method: 'POST', path: '/_matrix/client/v3/createRoom', json });
      return String(room.room_id);
    },
    invite: (roomId: string, target: string) =>
      act(path`/_matrix/client/v3/rooms/${roomId}/invite`, { user_id: target }),
    joinRoom: (roomId: string) => act(path`/_matrix/client/v3/rooms/${roomId}/join`, {}),
    leaveRoom: (roomId: string, reason?: string) => act(path`/_matrix/client/v3/rooms/${roomId}/leave`, { reason }),
    kick: (roomId: string, target: string, reason?: string) =>
      act(path`/_matrix/client/v3/rooms/${roomId}/kick`, { user_id: target, reason }),
    setDisplayName: async (displayname: string) => {
      const profile = path`/_matrix/client/v3/profile/${userId}/displayname`;
      await api.call({ method: 'PUT', path: profile, json: { displayname } });
    },
  };
}

function sendActions(api: Api) {
  const put = async (eventPath: string, json: Content): Promise<Sent> => {
    const answer = await api.call({ method: 'PUT', path: eventPath, json });
    return { eventId: String(answer.event_id) };
  };
  const sendEvent = (roomId: string, type: string, content: Content) =>
    put(path`/_matrix/client/v3/rooms/${roomId}/send/${type}/${randomUUID()}`, content);
  const uploadMedia = async (data: Uint8Array, contentType: string, fileName = 'file') => {
    const upload = path`/_matrix/media/v3/upload?filename=${fileName}`;
    return String((await api.call({ method: 'POST', path: upload, bytes: { data, contentType } })).content_uri);
  };
  return {
    sendEvent,
    uploadMedia,
    sendText: (roomId: string, text: string, options: TextOptions = {}) =>
      sendEvent(roomId, 'm.room.message', textContent(text, options)),
    setState: (roomId: string, type: string, content: Content, stateKey = '') =>
      put(path`/_matrix/client/v3/rooms/${roomId}/state/${type}/${stateKey}`, content),
    editText: (roomId: string, eventId: string, text: string) =>
      sendEvent(roomId, 'm.room.message', {
        ...textContent(`* ${text}`, {}),
        'm.new_content': textContent(text, {}),
        'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
      }),
    react: (roomId: string, eventId: string, key: string) =>
      sendEvent(roomId, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key } }),
    redact: (roomId: string, eventId: string, reason?: string) =>
      put(path`/_matrix/client/v3/rooms/${roomId}/redact/${eventId}/${randomUUID()}`, { reason }),
    downloadMedia: (mxcUri: string) => {
      const [server = '', mediaId = ''] = mxcUri.replace('mxc://', '').split('/');
      return api.download(path`/_matrix/client/v1/media/download/${server}/${mediaId}`);
    },
    postFile: async (roomId: string, file: PostedFile) =>
      sendEvent(roomId, 'm.room.message', fileContent(file, await uploadMedia(file.bytes, file.mime, file.name))),
  };
}

function isAnswer({ type, content }: SeenEvent, eventId: string): boolean {
  const relation = content['m.relates_to'];
  if (type !== 'm.room.message' || !isObject(relation) || relation.rel_type === 'm.replace') return false;
  const reply = relation['m.in_reply_to'];
  const isInThread = relation.rel_type === 'm.thread' && relation.event_id === eventId;
  return isInThread || (isObject(reply) && reply.event_id === eventId);
}
