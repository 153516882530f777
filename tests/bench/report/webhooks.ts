import type { Machine } from '../main.ts';
import { median } from '../measure/stats.ts';
import type { WebhookRound, WebhookRun } from '../webhooks.ts';
import { table } from './table.ts';

/** How much later the good endpoints hear of things because of the bad ones: medians over the rounds; the ratio is the median of the rounds' own. */
export function webhooksReport(rounds: WebhookRound[], machine: Machine): string {
  const row = (label: string, pick: (run: WebhookRun) => number, digits: number) => {
    const [without, withBad] = [rounds.map((one) => pick(one.without)), rounds.map((one) => pick(one.withBad))];
    const ratio = median(withBad.map((figure, i) => figure / (without[i] || 1)));
    return [label, median(without).toFixed(digits), median(withBad).toFixed(digits), ratio.toFixed(2)];
  };
  return `${[
    '# Webhooks: sixteen good endpoints, beside four good and beside four bad ones',
    `${machine.cpu}, ${machine.memory}, Node ${machine.node}, nats-server ${machine.nats}; servers, services, customers and subscribers all on this machine.`,
    'The bad ones: one hangs, one answers 500, one breaks off its answer, one redirects to a metadata address. From what happened to the arrival of the request at a good endpoint.',
    table(
      [`medians of ${rounds.length} rounds`, 'four more good', 'four bad', 'ratio'],
      [
        row('p50, ms', (run) => run.latency.p50, 0),
        row('p90, ms', (run) => run.latency.p90, 0),
        row('p99, ms', (run) => run.latency.p99, 0),
        row('events', (run) => run.events, 0),
        row('requests a second', (run) => run.requests, 0),
        row('machine busy, %', (run) => run.busy * 100, 0),
        row('of it by others, %', (run) => run.others * 100, 0),
      ],
    ),
  ].join('\n\n')}\n`;
}
