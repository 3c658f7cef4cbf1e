// Owns whose turn it is: which of the jobs in line a free consumer takes, as a pure function of who waits, who is at work and who went before.
import { type Job, PRIORITIES } from '../domain/job.ts';

/** What the order depends on. */
export type InLine = Pick<Job, 'priority' | 'isSuspect'> & { upload: Pick<Job['upload'], 'roomId' | 'sender'> };

/** `since`: by lane (see `lanesOf`), how many jobs had been taken when it began to wait for its turn. Lanes without a job in line are not kept. */
export type Turns = { taken: number; since: ReadonlyMap<string, number> };

export const NO_TURNS: Turns = { taken: 0, since: new Map() };

/** Every so many-th job comes from the class of the one that waits longest, as in the ledger's claim: no class is starved by those before it. */
export const AGED_EVERY = 4;

/** Behind every priority stands what may take the process along. */
const SUSPECTS = PRIORITIES.length;

/** How many of the consumers one room may have while jobs of others wait: half, but one at least. */
export function roomShare(consumers: number): number {
  return Math.max(1, Math.floor(consumers / 2));
}

/**
 * Which of the jobs in line goes next; null: there are only suspects, and one is at work. Suspects are read in a process of their own, one at a time, which costs the others nothing. By class
 * (priorities, then suspects; every `AGED_EVERY`th time that of the oldest), then rooms in turn, members of a room in turn, and age.
 * A room that has its share of the consumers goes behind the others, unless nothing else may be taken: no consumer is left idle for it.
 *
 * `line`: in the order in which they came into it, not empty. `atWork`: one a consumer. `turns`: what the last choice returned.
 */
export function fairTurn(
  line: readonly InLine[],
  atWork: readonly InLine[],
  consumers: number,
  turns: Turns,
): { index: number; turns: Turns } | null {
  const isSuspectAtWork = atWork.some(({ isSuspect }) => isSuspect);
  const open = isSuspectAtWork ? line.filter(({ isSuspect }) => !isSuspect) : line;
  if (open.length === 0) return null;
  const mayGo = withinShare(open, atWork, consumers);
  const isAged = turns.taken % AGED_EVERY === AGED_EVERY - 1;
  const classOfTurn = isAged ? classOf(mayGo[0] as InLine) : Math.min(...mayGo.map(classOf));
  const chosen = inTurn(
    mayGo.filter((each) => classOf(each) === classOfTurn),
    turns,
  );
  return { index: line.indexOf(chosen), turns: afterTaking(chosen, line, turns) };
}

/** Suspects have no share: only one of them is at work. */
function withinShare(line: readonly InLine[], atWork: readonly InLine[], consumers: number): InLine[] {
  const share = roomShare(consumers);
  const byRoom = Map.groupBy(atWork, ({ upload }) => upload.roomId);
  const isFull = ({ upload }: InLine) => (byRoom.get(upload.roomId)?.length ?? 0) >= share;
  const areAllFull = line.every((each) => each.isSuspect || isFull(each));
  return line.filter((each) => each.isSuspect || areAllFull || !isFull(each));
}

function classOf({ isSuspect, priority }: InLine): number {
  return isSuspect ? SUSPECTS : PRIORITIES.indexOf(priority);
}

/** A room, and a member of a room, wait for their turn in each class by itself: what one has in another costs it nothing. */
function lanesOf(job: InLine): { room: string; member: string } {
  const room = `${classOf(job)}\n${job.upload.roomId}`;
  return { room, member: `${room}\n${job.upload.sender}` };
}

/** Of jobs of one class: that of the room that waits longest, there of the member that waits longest, there the oldest. */
function inTurn(jobs: readonly InLine[], turns: Turns): InLine {
  const ofRoom = longestWaiting(jobs, (job) => lanesOf(job).room, turns);
  return longestWaiting(ofRoom, (job) => lanesOf(job).member, turns)[0] as InLine;
}

function longestWaiting(jobs: readonly InLine[], laneOf: (job: InLine) => string, turns: Turns): InLine[] {
  let first: { lane: string; since: number } | null = null;
  for (const job of jobs) {
    const lane = laneOf(job);
    const since = sinceOf(lane, turns);
    if (!first || since < first.since) first = { lane, since };
  }
  return jobs.filter((job) => laneOf(job) === first?.lane);
}

/** A lane that has come since the last choice waits from now on. */
function sinceOf(lane: string, { since, taken }: Turns): number {
  return since.get(lane) ?? taken;
}

function afterTaking(chosen: InLine, line: readonly InLine[], turns: Turns): Turns {
  const taken = turns.taken + 1;
  const served = lanesOf(chosen);
  const since = new Map<string, number>();
  for (const job of line) {
    if (job === chosen) continue;
    const { room, member } = lanesOf(job);
    since.set(room, room === served.room ? taken : sinceOf(room, turns));
    since.set(member, member === served.member ? taken : sinceOf(member, turns));
  }
  return { taken, since };
}
