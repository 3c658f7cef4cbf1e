// Where each request of a machine goes.
import { describe, expect, test } from 'vitest';
import { type OutgoingRequest, RequestType, toHttpRequest } from '../index.ts';

const http = (request: object) => toHttpRequest({ id: 'id', body: '{"a":1}', ...request } as OutgoingRequest);

describe('a request over HTTP', () => {
  test.each([
    [RequestType.KeysUpload, '/_matrix/client/v3/keys/upload'],
    [RequestType.KeysQuery, '/_matrix/client/v3/keys/query'],
    [RequestType.KeysClaim, '/_matrix/client/v3/keys/claim'],
    [RequestType.SignatureUpload, '/_matrix/client/v3/keys/signatures/upload'],
  ])('of type %i posts its body', (type, path) => {
    expect(http({ type })).toEqual({ method: 'POST', path, body: { a: 1 } });
  });

  test('to devices names its type and transaction in the path alone', () => {
    const body = '{"messages":{"@a:b":{}},"event_type":"m.x/y","txn_id":"1/2"}';
    const request = http({ type: RequestType.ToDevice, eventType: 'm.x/y', txnId: '1/2', body });
    const path = '/_matrix/client/v3/sendToDevice/m.x%2Fy/1%2F2';
    expect(request).toEqual({ method: 'PUT', path, body: { messages: { '@a:b': {} } } });
  });

  test('of a verification goes into its room', () => {
    const request = http({ type: RequestType.RoomMessage, roomId: '!a:b', eventType: 'm.x', txnId: 't' });
    const path = '/_matrix/client/v3/rooms/!a%3Ab/send/m.x/t';
    expect(request).toEqual({ method: 'PUT', path, body: { a: 1 } });
  });

  test('of a key backup is not supported', () => {
    expect(() => http({ type: RequestType.KeysBackup })).toThrow('not supported');
  });
});
