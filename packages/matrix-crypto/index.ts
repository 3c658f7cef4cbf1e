// Owns what the package shows: the native binding's names, and what it offers besides. Nothing is loaded before a machine is opened.
export { Attachment, EncryptedAttachment } from './src/attachment.ts';
export { decryptBytes, encryptBytes } from './src/attachmentBytes.ts';
export { decryptFile } from './src/attachmentFile.ts';
export type { AttachmentInfo } from './src/attachmentInfo.ts';
export type { CrossSigningRequests, CrossSigningSeeds, CrossSigningStatus } from './src/crossSigningKeys.ts';
export type { DecryptedRoomEvent, ShieldState } from './src/decryptedEvent.ts';
export type { DeviceInfo, IdentityInfo } from './src/devices.ts';
export {
  EncryptionAlgorithm,
  HistoryVisibility,
  RequestType,
  type SharingStrategy,
  ShieldColor,
  ShieldStateCode,
  StoreType,
  TrustRequirement,
} from './src/enums.ts';
export { CryptoError, type CryptoErrorCode, type DecryptionFailure } from './src/errors.ts';
export { DeviceId, type Id, RoomId, ServerName, UserId } from './src/identifiers.ts';
export {
  createKeyTraffic,
  type EventToEncrypt,
  type KeySync,
  type KeyTraffic,
  type SendRequest,
} from './src/keyTraffic.ts';
export { OlmMachine } from './src/machine.ts';
export type { MachineEvents, RoomKey, WithheldKey } from './src/machineEvents.ts';
export type { StoreOptions } from './src/opening.ts';
export {
  type HttpRequest,
  type KeyRequest,
  type KeysBackupRequest,
  type KeysClaimRequest,
  type KeysQueryRequest,
  type KeysUploadRequest,
  type OtherRequest,
  type OutgoingRequest,
  type RoomMessageRequest,
  type SignatureUploadRequest,
  type ToDeviceRequest,
  toHttpRequest,
} from './src/requests.ts';
export { DeviceLists, EncryptionSettings } from './src/settings.ts';
export { type IdentityKeys, type MaybeSignature, PublicKey, type Signature, Signatures } from './src/signatures.ts';
