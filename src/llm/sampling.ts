// Owns how freely models choose their words.

/** Summaries should keep to the text: little chance in the words. */
export const TEMPERATURE = 0.2;
