// Owns the making of a bot-sdk client: with our HTTP function, and quiet where our own log already speaks.
import { LogService, MatrixClient } from 'matrix-bot-sdk';
import { installHttp } from './http.ts';

const silent = { info() {}, warn() {}, error() {}, debug() {}, trace() {} };

/** A client for one account; nothing is sent yet. An empty token makes one that can only log in. */
export function createClient(homeserverUrl: string, accessToken: string): MatrixClient {
  installHttp();
  // Every failure comes back as an AppError and is logged once, by whoever handles it.
  LogService.setLogger(silent);
  return new MatrixClient(homeserverUrl, accessToken);
}
