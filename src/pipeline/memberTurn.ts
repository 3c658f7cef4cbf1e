// Owns when a member's next upload has its turn: so many at once, then one after the other.

export type MemberTurn = {
  /** Until then the upload waits; null: not at all. */
  dueAtMs: number | null;
  /** To be kept until the member's next upload. */
  turnAtMs: number;
};

const MINUTE_MS = 60_000;

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A), with room for a whole minute's uploads at once. `turnAtMs`: what was kept of
 * the member's last upload; null: nothing.
 */
export function memberTurn(turnAtMs: number | null, nowMs: number, perMinute: number): MemberTurn {
  const intervalMs = MINUTE_MS / perMinute;
  const arrivalMs = Math.max(turnAtMs ?? nowMs, nowMs);
  const dueAtMs = Math.ceil(arrivalMs - (perMinute - 1) * intervalMs);
  return { dueAtMs: dueAtMs > nowMs ? dueAtMs : null, turnAtMs: Math.ceil(arrivalMs + intervalMs) };
}
