// Owns the list of what the playground is made of: the endpoints work on this and on nothing else.
import { Accounts } from './accounts.ts';
import { Ephemeral } from './ephemeral.ts';
import { Feed } from './feed.ts';
import { Keys } from './keys.ts';
import { Media } from './media.ts';
import { Rooms } from './rooms.ts';
import { createSendLimit, type SendLimit, type SendLimitOptions } from './sendLimit.ts';

export type World = {
  serverName: string;
  nowMs: () => number;
  feed: Feed;
  accounts: Accounts;
  rooms: Rooms;
  ephemeral: Ephemeral;
  media: Media;
  keys: Keys;
  sendLimit: SendLimit;
};

export type WorldOptions = {
  serverName: string;
  maxUploadBytes: number;
  sendLimit: SendLimitOptions | undefined;
  nowMs: () => number;
};

/** An empty homeserver: no accounts, no rooms. */
export function createWorld({ serverName, maxUploadBytes, sendLimit, nowMs }: WorldOptions): World {
  const feed = new Feed();
  return {
    serverName,
    nowMs,
    feed,
    accounts: new Accounts(serverName),
    rooms: new Rooms(serverName, feed, nowMs),
    ephemeral: new Ephemeral(feed),
    media: new Media(serverName, maxUploadBytes),
    keys: new Keys(),
    sendLimit: createSendLimit(sendLimit, nowMs),
  };
}
