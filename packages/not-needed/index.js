// Stands where matrix-bot-sdk imports packages of parts that Lector has no use for: 200 files at each start, and their security reports.
// `request` is one of them: src/matrix/http.ts brings the real HTTP function.
module.exports = function notNeeded() {
  throw new Error('this part of matrix-bot-sdk is not there: packages/not-needed stands in for what it needs');
};
