import type { ConsoleRun } from '../console/run.ts';
import type { Machine } from '../main.ts';
import type { Quantiles } from '../measure/stats.ts';
import { table } from './table.ts';

/** What an operator waits for. */
export function consoleReport(run: ConsoleRun, machine: Machine): string {
  const row = (label: string, q: Quantiles) => [label, String(q.count), ...[q.p50, q.p90, q.max].map((ms) => ms.toFixed(0))];
  const { before, after, events } = run.heap;
  return `${[
    `# The console with ${run.conversations.toLocaleString('en')} conversations`,
    `${machine.cpu}, ${machine.memory}, Node ${machine.node}, nats-server ${machine.nats}; servers, services and a headless Chromium all on this machine.`,
    table(
      ['ms', 'times', 'p50', 'p90', 'max'],
      [
        row('from the address to the first rows, signed in', run.opened),
        row('from a click on a view to its list, the first time', run.listFirst),
        row('… and again', run.listAgain),
        row('from ingest’s 2xx to the text in the list', run.message),
      ],
    ),
    `Heap of the page: ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after ${events.toLocaleString('en')} live events.`,
  ].join('\n\n')}\n`;
}
