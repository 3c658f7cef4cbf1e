// Owns the event loop's lag as seen from inside a process: measured on request of the process that started it.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two ticks of a timer of 1 ms, that millisecond included. */
export type Lag = { p50Ms: number; p99Ms: number; maxMs: number };

/** What the starting process sends over IPC; `report` is answered with a Lag. */
export type LagRequest = 'reset' | 'report';

/** Measures from now on; the channel to the starting process does not hold the event loop. */
export function answerLagRequests(): void {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  process.on('message', (request: LagRequest) => {
    if (request === 'reset') {
      histogram.reset();
      return;
    }
    const ms = (nanoseconds: number) => nanoseconds / 1e6;
    const lag: Lag = {
      p50Ms: ms(histogram.percentile(50)),
      p99Ms: ms(histogram.percentile(99)),
      maxMs: ms(histogram.max),
    };
    process.send?.(lag);
  });
  process.channel?.unref();
}
