// Owns the taking of secrets out of a line of the log: those that are known, and those that their place or shape gives away.

const NAMES = '(?:access_token|refresh_token|password|passphrase|authorization|(?:x-)?api[-_]?key)';

/** As in a query (percent-encoded, too), in JSON inside JSON inside a line, in a list of raw headers, in a header line or `util.inspect`. */
const SEPARATORS = String.raw`(?:=|%3D|\\*["']\s*[:,]\s*\\*["']|\s*:\s+\\*["']?)`;

/** `%26` ends a value that stands in an encoded query. */
const VALUE = String.raw`(?:%(?!26)|[^&%\s"'\\])+`;

const NAMED = new RegExp(String.raw`(${NAMES}${SEPARATORS}(?:(?:Bearer|Basic|Digest)\s+)?)${VALUE}`, 'gi');
const BEARER = /(Bearer )[\w.~+/=-]+/g;
const IN_ADDRESS = /(\/\/[^\s/:@"]*:)[^\s/@"]+@/g;

/** Tokens of Synapse and of the Matrix Authentication Service, and keys as OpenAI makes them. */
const SHAPED = /\b(?:(?:syt|mat|mar|mct|mcr)_|sk-)[\w-]{12,}/g;

/** A text may be quoted as JSON in an error that is quoted in another: a backslash before a quote becomes three. */
const MAX_QUOTINGS = 3;

/** Shorter ones would be found in every other word. */
const MIN_SECRET_CHARS = 4;

/**
 * Returns what takes `secrets`, in every form that they come in, out of a line. pino's own `redact` works on keys only: a token
 * inside an address or a message stays.
 */
export function createScrub(secrets: readonly string[]): (line: string) => string {
  // The longest first: of a secret that holds another nothing may stay.
  const known = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= MIN_SECRET_CHARS)
    .sort((a, b) => b.length - a.length);
  return (line) => {
    let clean = line;
    for (const form of known) clean = clean.replaceAll(form, '[secret]');
    return clean
      .replace(NAMED, '$1[secret]')
      .replace(IN_ADDRESS, '$1[secret]@')
      .replace(BEARER, '$1[secret]')
      .replace(SHAPED, '[secret]');
  };
}

function formsOf(secret: string): string[] {
  const forms = [secret, encodeURIComponent(secret)];
  let quoted = secret;
  for (let quotings = 0; quotings < MAX_QUOTINGS; quotings += 1) {
    quoted = JSON.stringify(quoted).slice(1, -1);
    forms.push(quoted);
  }
  return forms;
}
