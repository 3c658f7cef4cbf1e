// Owns the metrics of the process itself: memory, CPU time and the lag of its event loop.
import { Counter, Gauge, type Registry } from 'prom-client';
import { startLoopLag } from './loopLag.ts';

const US_PER_SECOND = 1e6;

/**
 * `update` sets the gauges of `registry` to what holds now. prom-client's own `collectDefaultMetrics` is not used: it cannot be
 * ended (a performance observer and a delay histogram stay for good), and its lag has the interval of the measuring in it. What both
 * have is named as there.
 */
export function createProcessMetrics(registry: Registry): { update(): void; close(): void } {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `lector_${name}`, help, registers });
  const resident = gauge('process_resident_memory_bytes', 'Memory of the whole process, its threads included');
  const heap = gauge('nodejs_heap_size_used_bytes', 'Heap of the main thread');
  const external = gauge('nodejs_external_memory_bytes', 'Memory of objects outside of the heap, buffers included');
  const p50 = gauge('event_loop_lag_p50_seconds', 'Median lag of the event loop since the last look');
  const p99 = gauge('event_loop_lag_p99_seconds', 'Lag that 1 % of the ticks exceeded since the last look');
  const max = gauge('event_loop_lag_max_seconds', 'Largest lag of the event loop since the last look');
  const cpu = new Counter({
    name: 'lector_process_cpu_seconds_total',
    help: 'CPU time of the whole process',
    registers,
  });
  const lag = startLoopLag();

  return {
    update() {
      const memory = process.memoryUsage();
      resident.set(memory.rss);
      heap.set(memory.heapUsed);
      external.set(memory.external);
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / US_PER_SECOND);
      const late = lag.take();
      p50.set(late.p50Seconds);
      p99.set(late.p99Seconds);
      max.set(late.maxSeconds);
    },
    close: lag.close,
  };
}
