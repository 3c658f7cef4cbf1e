// Owns what goes wrong between the bot and the homeserver in a chaos run: limits, lost answers, replayed syncs, limited timelines.
import type { Fault, FaultRequest, FaultRule } from '../../src/playground/faults.ts';
import type { Random } from './random.ts';

export type Weather = {
  rule: FaultRule;
  /** Answers are still lost, but nothing is limited any more: reactions would wait for minutes (`matrix/budget.ts`). */
  calm(): void;
  /** Nothing goes wrong any more. */
  clear(): void;
  /** How often each thing went wrong, and the user's sends. */
  counts: Record<'limited' | 'lost' | 'replayed' | 'gaps' | 'sends', number>;
};

const LIMITED_SHARE = 0.05;
const LOST_SHARE = 0.05;
const REPLAY_SHARE = 0.25;
const GAP_SHARE = 0.4;
/** Positions of the homeserver's stream that a replay goes back at most: several syncs. */
const REPLAY_REACH = 400;

/** Faults for the requests of one user. */
export function createWeather(userId: string, random: Random): Weather {
  const counts = { limited: 0, lost: 0, replayed: 0, gaps: 0, sends: 0 };
  let sky: 'stormy' | 'calm' | 'clear' = 'stormy';
  const limited = (): Fault => {
    counts.limited += 1;
    const body = { errcode: 'M_LIMIT_EXCEEDED', error: 'Too many', retry_after_ms: Math.round(random.between(10, 60)) };
    return { kind: 'status', status: 429, body };
  };
  const otherSync = ({ query }: FaultRequest): Fault | null => {
    const since = /^s(\d+)$/.exec(query.get('since') ?? '');
    const changed: Record<string, string> = {};
    if (since && random.chance(REPLAY_SHARE)) {
      counts.replayed += 1;
      changed.since = `s${Math.max(1, Number(since[1]) - random.whole(REPLAY_REACH))}`;
    }
    if (since && random.chance(GAP_SHARE)) {
      counts.gaps += 1;
      changed.filter = withLimit(query.get('filter') ?? '{}', 1 + random.whole(4));
    }
    return Object.keys(changed).length > 0 ? { kind: 'otherQuery', query: changed } : null;
  };
  return {
    counts,
    calm() {
      sky = 'calm';
    },
    clear() {
      sky = 'clear';
    },
    rule(request) {
      if (request.user !== userId) return null;
      if (request.endpoint === 'send') counts.sends += 1;
      if (sky === 'clear') return null;
      if (sky === 'stormy' && random.chance(LIMITED_SHARE)) return limited();
      if (random.chance(LOST_SHARE)) {
        counts.lost += 1;
        return { kind: 'lostAnswer' };
      }
      return request.endpoint === 'sync' ? otherSync(request) : null;
    },
  };
}

function withLimit(filter: string, limit: number): string {
  const definition = JSON.parse(filter);
  const timeline = { ...definition.room?.timeline, limit };
  return JSON.stringify({ ...definition, room: { ...definition.room, timeline } });
}
