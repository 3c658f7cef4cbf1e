// Owns the requests that a machine wants sent: plain objects in the binding's shape, and where each goes over HTTP.
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { RequestType, sameName } from './enums.ts';

type Plain<Type extends RequestType> = {
  readonly id: string;
  readonly type: Type;
  /** JSON: the body of the HTTP request, but for the two fields that a to-device body has too many. */
  readonly body: string;
};
export type KeysUploadRequest = Plain<typeof RequestType.KeysUpload>;
export type KeysQueryRequest = Plain<typeof RequestType.KeysQuery>;
export type KeysClaimRequest = Plain<typeof RequestType.KeysClaim>;
/** Its body names `event_type` and `txn_id` besides `messages`: matrix-bot-sdk reads them there. */
export type ToDeviceRequest = Plain<typeof RequestType.ToDevice> & {
  readonly eventType: string;
  readonly txnId: string;
};
/** Its id is empty where nothing is to be marked as sent. */
export type SignatureUploadRequest = Plain<typeof RequestType.SignatureUpload>;
export type RoomMessageRequest = Plain<typeof RequestType.RoomMessage> & {
  readonly roomId: string;
  readonly eventType: string;
  readonly txnId: string;
};
export type KeysBackupRequest = Plain<typeof RequestType.KeysBackup>;

/** The requests that matrix-bot-sdk knows how to send. */
export type KeyRequest = KeysUploadRequest | KeysQueryRequest | KeysClaimRequest | ToDeviceRequest;
/** The requests at which matrix-bot-sdk throws. */
export type OtherRequest = SignatureUploadRequest | RoomMessageRequest | KeysBackupRequest;
export type OutgoingRequest = KeyRequest | OtherRequest;

type WasmRequest = {
  readonly id?: string | undefined;
  readonly type: wasm.RequestType;
  readonly body: string;
  readonly event_type?: string;
  readonly txn_id?: string;
  readonly room_id?: string;
  free(): void;
};

/** A plain copy of a request of wasm, which is freed. */
export function takeRequest(module: typeof wasm, request: WasmRequest): OutgoingRequest {
  const type = sameName(module.RequestType, request.type, RequestType) as RequestType;
  const plain = { id: request.id ?? '', type, body: request.body };
  const [eventType, txnId, roomId] = [request.event_type ?? '', request.txn_id ?? '', request.room_id ?? ''];
  request.free();
  if (type === RequestType.ToDevice) {
    const body = JSON.stringify({ ...JSON.parse(plain.body), event_type: eventType, txn_id: txnId });
    return { ...plain, type, body, eventType, txnId };
  }
  if (type === RequestType.RoomMessage) return { ...plain, type, roomId, eventType, txnId };
  return { ...plain, type } as OutgoingRequest;
}

/** Whether matrix-bot-sdk can be given it. */
export function isKeyRequest(request: OutgoingRequest): request is KeyRequest {
  return request.type <= RequestType.ToDevice;
}

/** The users whose devices a `/keys/query` asks for. */
export function queriedUsers(query: KeysQueryRequest): string[] {
  return Object.keys((JSON.parse(query.body) as { device_keys: object }).device_keys);
}

export type HttpRequest = { method: 'POST' | 'PUT'; path: string; body: object };

const POSTS: Partial<Record<RequestType, string>> = {
  [RequestType.KeysUpload]: '/_matrix/client/v3/keys/upload',
  [RequestType.KeysQuery]: '/_matrix/client/v3/keys/query',
  [RequestType.KeysClaim]: '/_matrix/client/v3/keys/claim',
  [RequestType.SignatureUpload]: '/_matrix/client/v3/keys/signatures/upload',
};

/**
 * The HTTP request of the client-server API that carries `request`; what the server answers, as JSON, is for
 * `markRequestAsSent`. Throws a RangeError for key backups, which need a version that is not in the request.
 */
export function toHttpRequest(request: OutgoingRequest): HttpRequest {
  const body = JSON.parse(request.body) as Record<string, unknown>;
  if (request.type === RequestType.ToDevice) {
    const path = `/_matrix/client/v3/sendToDevice/${encodeURIComponent(request.eventType)}/${encodeURIComponent(request.txnId)}`;
    return { method: 'PUT', path, body: { messages: body.messages } };
  }
  if (request.type === RequestType.RoomMessage) {
    const [room, type, txn] = [request.roomId, request.eventType, request.txnId].map(encodeURIComponent);
    return { method: 'PUT', path: `/_matrix/client/v3/rooms/${room}/send/${type}/${txn}`, body };
  }
  const path = POSTS[request.type];
  if (path === undefined) throw new RangeError('key backups are not supported');
  return { method: 'POST', path, body };
}
