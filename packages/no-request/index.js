// Stands where matrix-bot-sdk imports `request` (50 old packages); src/matrix/http.ts brings the real HTTP function.
export default function request() {
  throw new Error('no HTTP function set: call setRequestFn() first');
}
