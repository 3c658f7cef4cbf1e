// Owns which of a server's models is used when the operator names none.

/** Servers list these beside the models that can write. */
const CANNOT_WRITE = /embed|rerank|whisper|\btts\b/i;

/** The first model that can write; null when the server lists none. */
export function firstWriter(listed: string[]): string | null {
  return listed.find((name) => !CANNOT_WRITE.test(name)) ?? null;
}

export type ModelChoice = {
  /** For names and logs, before and after it is settled; of a file's path, as llama.cpp lists its model, only the name. */
  readonly label: string;
  /** The model to call; asks the server's list the first time. Throws what `list` throws, or `none()`. */
  settle(signal: AbortSignal): Promise<string>;
  /** After a failed call: the server may have come back with another model. */
  forget(): void;
};

export type ModelChoiceDeps = {
  configured: string | undefined;
  list: (signal: AbortSignal) => Promise<string[]>;
  none: () => Error;
  /** Told of a choice that the operator did not make, and of a changed one. */
  onModelChosen?: ((model: string) => void) | undefined;
};

/** The configured model, or the first that the server lists. */
export function createModelChoice({ configured, list, none, onModelChosen }: ModelChoiceDeps): ModelChoice {
  let settled = configured;
  let told: string | undefined;
  return {
    get label() {
      return fileName(settled ?? told ?? 'first listed model');
    },
    async settle(signal) {
      if (settled !== undefined) return settled;
      const first = firstWriter(await list(signal));
      if (first === null) throw none();
      if (first !== told) onModelChosen?.(first);
      told = first;
      settled = first;
      return first;
    },
    forget() {
      settled = configured;
    },
  };
}

function fileName(model: string): string {
  return /^(?:[./\\]|[A-Za-z]:\\)/.test(model) ? (model.split(/[/\\]/).at(-1) ?? model) : model;
}
