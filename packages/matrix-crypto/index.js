// The names that matrix-bot-sdk takes from the native crypto binding, which downloads a binary at install time and so cannot be used.
// Nothing here encrypts yet: Lector declines invites to encrypted rooms, and whatever reaches this package all the same fails loudly.

/** Fails with the reason; every name below that bot-sdk could call ends here. */
function unsupported() {
  throw new Error('encrypted rooms are not supported by this version of Lector');
}

export class OlmMachine {
  static initialize = unsupported;
}
export class Attachment {
  static encrypt = unsupported;
  static decrypt = unsupported;
}
export class EncryptedAttachment {
  constructor() {
    unsupported();
  }
}
export class EncryptionSettings {
  constructor() {
    unsupported();
  }
}
export class DeviceId extends EncryptionSettings {}
export class DeviceLists extends EncryptionSettings {}
export class RoomId extends EncryptionSettings {}
export class UserId extends EncryptionSettings {}

// The numbers of the binding's enums (its type declarations give the same order).
export const StoreType = { Sqlite: 0 };
export const RequestType = {
  KeysUpload: 0,
  KeysQuery: 1,
  KeysClaim: 2,
  ToDevice: 3,
  SignatureUpload: 4,
  RoomMessage: 5,
  KeysBackup: 6,
};
export const EncryptionAlgorithm = { OlmV1Curve25519AesSha2: 0, MegolmV1AesSha2: 1 };
export const HistoryVisibility = { Invited: 0, Joined: 1, Shared: 2, WorldReadable: 3 };
