// The two names that matrix-bot-sdk's own type declarations import from the binding.
export declare enum StoreType {
  Sqlite = 0,
}
export declare class OlmMachine {}
