// Owns the loading of the WebAssembly module: with the first machine, never on import (it takes 30 MB and 100 ms).
import type * as wasm from '@matrix-org/matrix-sdk-crypto-wasm';

export type Wasm = typeof wasm;

let loading: Promise<Wasm> | undefined;

async function load(): Promise<Wasm> {
  const module = await import('@matrix-org/matrix-sdk-crypto-wasm');
  await module.initAsync();
  return module;
}

/** The module, ready to use. */
export function loadWasm(): Promise<Wasm> {
  loading ??= load();
  return loading;
}
