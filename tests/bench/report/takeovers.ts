import type { Machine } from '../main.ts';
import type { Quantiles } from '../measure/stats.ts';
import type { TakeoverRun } from '../takeovers.ts';
import { table } from './table.ts';

/** How soon a model that is writing hears of a takeover. */
export function takeoversReport(run: TakeoverRun, machine: Machine): string {
  const row = (label: string, q: Quantiles) => [label, ...[q.p50, q.p90, q.p99, q.max].map((ms) => ms.toFixed(1))];
  return `${[
    '# Takeovers: until the socket of a model that is writing is closed',
    `${machine.cpu}, ${machine.memory}, Node ${machine.node}, nats-server ${machine.nats}; servers, services, person and model all on this machine.`,
    table(
      [`ms, ${run.sinceRequest.count} takeovers`, 'p50', 'p90', 'p99', 'max'],
      [row('from the request (PATCH)', run.sinceRequest), row('from its answer (negative: before)', run.sinceAnswer)],
    ),
  ].join('\n\n')}\n`;
}
