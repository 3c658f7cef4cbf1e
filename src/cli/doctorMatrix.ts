// Owns the doctor's look at the homeserver: reachable, login, uploads, and what the bot may do in its rooms.
import type { Config, MatrixConfig } from '../../config/env.ts';
import { type AppError, toAppError } from '../domain/errors.ts';
import { dataDirAt } from '../ledger/dataDir.ts';
import { type Checkup, createCheckup } from '../matrix/checkup.ts';
import type { Finding } from './doctor.ts';

/** The findings in order; after a failure the later ones are skipped. */
export async function checkMatrix(matrix: MatrixConfig, config: Pick<Config, 'storage'>): Promise<Finding[]> {
  const checkup = createCheckup(matrix, dataDirAt(config.storage.dataDir).session);
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    if (findings.some((finding) => finding.state === 'failed')) {
      findings.push({ state: 'skipped', name, detail: 'not looked at' });
      continue;
    }
    try {
      findings.push(...(await check(name, checkup, matrix)));
    } catch (thrown) {
      const error = toAppError(thrown);
      findings.push({ state: 'failed', name, detail: error.message, advice: adviceFor(error, matrix) });
    }
  }
  await checkup.close().catch((error) => {
    findings.push({
      state: 'failed',
      name: 'Logout',
      detail: toAppError(error).message,
      advice: 'end the session “Lector” by hand',
    });
  });
  return findings;
}

type Check = (name: string, checkup: Checkup, matrix: MatrixConfig) => Promise<Finding[]>;

const CHECKS: Record<string, Check> = {
  async Homeserver(name, checkup, matrix) {
    const latest = (await checkup.versions()).at(-1);
    if (latest === undefined) {
      return [
        { state: 'failed', name, detail: `${matrix.homeserverUrl} tells no version of Matrix`, advice: ELSEWHERE },
      ];
    }
    return [{ state: 'ok', name, detail: `${matrix.homeserverUrl} speaks ${latest}` }];
  },
  async Login(name, checkup) {
    const { userId, isKept } = await checkup.whoami();
    return [{ state: 'ok', name, detail: `${userId}${isKept ? ', with the login kept in DATA_DIR' : ''}` }];
  },
  async Uploads(name, checkup) {
    const bytes = await checkup.maxUploadBytes();
    const size = bytes === null ? 'tells no limit' : `takes files up to ${Math.round(bytes / 1024 ** 2)} MB`;
    return [{ state: 'ok', name, detail: `the homeserver ${size}` }];
  },
  async Rooms(name, checkup) {
    const rooms = await checkup.rooms();
    const troubles = rooms.flatMap(({ roomId, cannot, isEncrypted }): Finding[] => {
      const detail = isEncrypted
        ? 'is encrypted, and this version cannot read it'
        : `may not send ${cannot.join(' and ')}`;
      if (!isEncrypted && cannot.length === 0) return [];
      const advice = isEncrypted
        ? 'use a room without encryption'
        : "raise the bot's power level there, or lower what sending needs";
      return [{ state: 'failed', name: `Room ${roomId}`, detail, advice }];
    });
    const detail = rooms.length === 0 ? 'in none yet: invite the bot to one' : `in ${rooms.length}`;
    return [{ state: 'ok', name, detail }, ...troubles];
  },
};

function adviceFor(error: AppError, { login }: MatrixConfig): string {
  switch (error.code) {
    case 'login_failed':
      return login.kind === 'token'
        ? 'correct MATRIX_ACCESS_TOKEN'
        : 'correct MATRIX_USER and MATRIX_PASSWORD (or set MATRIX_ACCESS_TOKEN)';
    case 'homeserver_rate_limited':
      return 'wait a minute and try again';
    case 'homeserver_refused':
      return 'it is there and refuses this: its log tells more, and so does its version (Lector needs Matrix 1.11)';
    case 'data_dir_unusable':
      return 'let session.json belong to the user that runs Lector, or delete it: the next start logs in anew';
    default:
      return adviceForNoAnswer(error);
  }
}

const ELSEWHERE =
  'something else than a homeserver answers there: set MATRIX_HOMESERVER_URL to the address that clients use';

function adviceForNoAnswer(error: AppError): string {
  const status = (error.cause as { status?: unknown } | undefined)?.status;
  if (typeof status !== 'number') {
    if (error.cause instanceof SyntaxError) return ELSEWHERE;
    if (/certificate/i.test(error.message)) {
      return 'mend the certificate of the homeserver; one of an authority of your own needs NODE_EXTRA_CA_CERTS=/path/to/ca.pem';
    }
    return 'check MATRIX_HOMESERVER_URL (the address that clients use), and that the homeserver runs';
  }
  if (status >= 500) return 'a server answers there, but the homeserver behind it is not well: see that it runs';
  if (status < 400) return 'it leads to another address: set MATRIX_HOMESERVER_URL to that one (https:// perhaps)';
  return ELSEWHERE;
}
