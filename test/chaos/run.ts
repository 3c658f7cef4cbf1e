// Owns `node test/chaos/run.ts [--events N] [--kills N] [--seed N]`: one chaos run, its times, and what is wrong.
import { parseArgs } from 'node:util';
import { runChaos } from './chaosRun.ts';
import { usualStartMs } from './lives.ts';

const BAR_SECONDS = 90;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '4000' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const [events, kills, seed] = [values.events, values.kills, values.seed].map(Number) as [number, number, number];
const say = (line: string) => process.stdout.write(`${line}\n`);
say(`chaos: ${events} events, ${kills} kills, seed ${seed}`);

const startedAt = performance.now();
const outcome = await runChaos({ events, kills, seed, onProgress: say });
const seconds = (performance.now() - startedAt) / 1000;

const { verdict, lives, faults, times, problems } = outcome;
const inSeconds = (ms: number) => (ms / 1000).toFixed(1);
say(
  `uploads: ${verdict.answered} answered, ${verdict.refused} refused, ${verdict.ignored} ignored, ${verdict.redacted} redacted`,
);
say(
  `faults: ${faults.limited} × 429, ${faults.lost} answers lost, ${faults.replayed} syncs replayed, ${faults.gaps} timelines limited`,
);
say(
  `kills: ${lives.kills.starting} while it started, ${lives.kills.fresh} right after, ${lives.kills.working} at work`,
);
say(
  `times: ${inSeconds(times.joinMs)} s to join, ${inSeconds(times.stormMs)} s of kills (a start takes ${usualStartMs(lives).toFixed(0)} ms), ${inSeconds(times.quietMs)} s to catch up, ${inSeconds(times.judgeMs)} s to judge`,
);
const { user, system } = process.cpuUsage();
say(
  `CPU time: ${inSeconds(lives.cpuMs)} s of the bot, ${inSeconds((user + system) / 1000)} s of homeserver and members`,
);
say(`${seconds.toFixed(1)} s in all; bar ≤ ${BAR_SECONDS} s on 2 cores: ${seconds <= BAR_SECONDS ? 'met' : 'MISSED'}`);
say(problems.length === 0 ? 'nothing lost, nothing doubled' : `${problems.length} PROBLEMS`);
for (const problem of problems.slice(0, 50)) say(`- ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
