// Owns the making of a bot-sdk client: with our HTTP function, and quiet where our own log already speaks.
import { LogService, MatrixClient } from 'matrix-bot-sdk';
import { toAppError } from '../domain/errors.ts';
import type { Meter } from '../domain/meter.ts';
import { installHttp } from './http.ts';

const silent = { info() {}, warn() {}, error() {}, debug() {}, trace() {} };

export type ClientMeter = Pick<Meter, 'homeserverLimited'>;

/**
 * A client for one account; nothing is sent yet. An empty token makes one that can only log in. Every 429 that the homeserver
 * answers it is told to the meter.
 */
export function createClient(homeserverUrl: string, accessToken: string, meter?: ClientMeter): MatrixClient {
  installHttp();
  // Every failure comes back as an AppError and is logged once, by whoever handles it.
  LogService.setLogger(silent);
  const client = new MatrixClient(homeserverUrl, accessToken);
  if (meter) client.doRequest = metered(client.doRequest.bind(client), meter);
  return client;
}

/** The HTTP function is one for the whole process; which account a request belongs to is known here. */
function metered(request: MatrixClient['doRequest'], meter: ClientMeter): MatrixClient['doRequest'] {
  return async (...args) => {
    try {
      return await request(...args);
    } catch (error) {
      if (toAppError(error).code === 'homeserver_rate_limited') meter.homeserverLimited();
      throw error;
    }
  };
}
