// What the ledger keeps of rooms: whether the bot is in them, and what their members have set.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RoomLedger } from '../../../src/domain/ledger.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';

const ROOM = '!papers:here';
const NOTHING_SET = { mode: null, profile: null };

function openRooms(path = ':memory:'): RoomLedger {
  const ledger = openLedger(path, () => 5_000);
  onTestFinished(() => ledger.close());
  return ledger.rooms;
}

describe('what a room has set', () => {
  test('is nothing at first, and nothing for a room that nobody knows', () => {
    const rooms = openRooms();
    rooms.set(ROOM, 'joined');
    expect(rooms.settings(ROOM)).toEqual(NOTHING_SET);
    rooms.setSettings('!nowhere:here', { mode: 'mention' });
    expect(rooms.settings('!nowhere:here')).toEqual(NOTHING_SET);
    expect(rooms.state('!nowhere:here')).toBeNull();
  });

  test('changes by what is given and by nothing else', () => {
    const rooms = openRooms();
    rooms.set(ROOM, 'joined');
    rooms.set('!other:here', 'joined');
    rooms.setSettings(ROOM, { mode: 'documents' });
    rooms.setSettings(ROOM, { profile: 'invoice' });
    expect(rooms.settings(ROOM)).toEqual({ mode: 'documents', profile: 'invoice' });
    rooms.setSettings(ROOM, { mode: null });
    expect(rooms.settings(ROOM)).toEqual({ mode: null, profile: 'invoice' });
    expect(rooms.settings('!other:here')).toEqual(NOTHING_SET);
  });

  test('outlives a change of the room’s state', () => {
    const rooms = openRooms();
    rooms.set(ROOM, 'invited');
    rooms.setSettings(ROOM, { mode: 'mention', profile: 'invoice' });
    rooms.set(ROOM, 'joined');
    expect(rooms.settings(ROOM)).toEqual({ mode: 'mention', profile: 'invoice' });
  });

  test('is there again after the ledger was closed and opened', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lector-rooms-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'lector.db');
    const ledger = openLedger(path);
    ledger.rooms.set(ROOM, 'joined');
    ledger.rooms.setSettings(ROOM, { mode: 'mention', profile: 'invoice' });
    ledger.close();
    expect(openRooms(path).settings(ROOM)).toEqual({ mode: 'mention', profile: 'invoice' });
  });
});

test('rooms that wait to be joined or left are told with the reason, joined ones apart', () => {
  const rooms = openRooms();
  rooms.set('!a:here', 'invited');
  rooms.set('!b:here', 'unwanted', 'encrypted');
  rooms.set('!c:here', 'joined');
  rooms.set('!d:here', 'left');
  expect(rooms.pending()).toEqual([
    { roomId: '!a:here', state: 'invited', reason: null },
    { roomId: '!b:here', state: 'unwanted', reason: 'encrypted' },
  ]);
  expect(rooms.joined()).toEqual(['!c:here']);
});
