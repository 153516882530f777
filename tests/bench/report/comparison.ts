import type { Machine } from '../main.ts';
import { median } from '../measure/stats.ts';
import type { BenchOptions, Profile } from '../options.ts';
import type { RoundResult } from '../run.ts';
import type { StepResult } from '../steps.ts';
import type { TargetName } from '../targets/target.ts';
import { table } from './table.ts';

export interface ReportContext {
  machine: Machine;
  options: Omit<BenchOptions, 'out'>;
}

type Figure = (step: StepResult) => number;

/** Everything measured, as one page of markdown: medians over the rounds; ratios are medians of the ratios within each round. */
export function comparisonReport(results: RoundResult[], { machine, options }: ReportContext): string {
  const profiles = [...new Set(results.map(({ profile }) => profile))];
  return `${[
    '# Benchmark: webhook in → AI → provider out',
    `${machine.cpu}, ${machine.memory}, ${machine.kernel}, Node ${machine.node}, nats-server ${machine.nats}; servers, services, generator and stubs all on this machine.`,
    `${options.rounds} rounds of ${options.seconds} s a step, floor and product in turn; ${options.senders} customers on ${options.accounts} channel accounts; ` +
      `${options.inFlight} messages in flight in the closed loop. Medians; ratios are medians of the rounds' own ratios. Compare only within one run.`,
    ...profiles.flatMap((profile) =>
      profileSection(
        results.filter((one) => one.profile === profile),
        profile,
      ),
    ),
    complaints(results),
  ].join('\n\n')}\n`;
}

function profileSection(results: RoundResult[], profile: Profile): string[] {
  const what = profile === 'durable' ? 'JetStream syncs to disk before it acknowledges' : 'JetStream syncs every two minutes';
  const opens = [...new Set(results.flatMap(({ steps }) => steps.map(({ step }) => step)).filter((step) => step.startsWith('open')))];
  const latencies = opens.flatMap((step) => [
    compared(results, `${step}: offered, msg/s`, step, (s) => s.offered ?? 0, 0),
    compared(results, `${step}: p50, ms`, step, (s) => s.latency.p50, 1),
    compared(results, `${step}: p99, ms`, step, (s) => s.latency.p99, 1),
  ]);
  const rows = [
    compared(results, '**closed loop, msg/s**', 'closed', (s) => s.throughput, 0),
    compared(results, 'closed loop: CPU, µs a message', 'closed', cpuSum, 0),
    compared(results, 'closed loop: p50, ms', 'closed', (s) => s.latency.p50, 1),
    compared(results, 'closed loop: p99, ms', 'closed', (s) => s.latency.p99, 1),
    ...latencies,
    compared(results, 'front door alone, msg/s', 'ingest alone', (s) => s.throughput, 0),
    compared(results, 'JetStream publish alone, msg/s', 'publish alone', (s) => s.throughput, 0),
  ];
  return [
    `## Profile \`${profile}\`: ${what}`,
    table(['', 'floor', 'product', 'product ÷ floor'], rows),
    goals(results),
    ...noise(results),
    '### CPU, µs a message (closed loop)',
    componentTable(results, (s) => s.cpu, 0),
    '### Memory after the closed loop, MiB',
    componentTable(results, (s) => s.memory, 0),
    '### How good the machine was (closed loop)',
    table(
      ['', 'floor', 'product', ''],
      [
        compared(results, 'machine busy, %', 'closed', (s) => s.busy * 100, 0),
        compared(results, 'of it by others, %', 'closed', (s) => s.others * 100, 1),
        compared(results, 'disk sync p50, ms', 'closed', (s) => s.disk.p50, 2),
        compared(results, 'disk sync p99, ms', 'closed', (s) => s.disk.p99, 2),
        compared(results, 'generator late p99 at the highest load, ms', opens.at(-1) ?? '', (s) => s.lag?.p99 ?? 0, 1),
      ].map((cells) => [...cells.slice(0, 3), '']),
    ),
  ];
}

/** Share of the machine that others may take in a step before the figures are called unreliable. */
const quietBelow = 0.05;

const sumOf = (parts: Record<string, number>): number => Object.values(parts).reduce((sum, one) => sum + one, 0);
// The one figure that a busy neighbour on the machine spoils least.
const cpuSum: Figure = (step) => sumOf(step.cpu);

function values(results: RoundResult[], target: TargetName, step: string, pick: Figure): number[] {
  return results.filter((one) => one.target === target).flatMap(({ steps }) => steps.filter((one) => one.step === step).map(pick));
}

/** Label, floor, product, ratio; an empty cell where a target was not measured. */
function compared(results: RoundResult[], label: string, step: string, pick: Figure, digits: number): string[] {
  const cell = (target: TargetName) => {
    const all = values(results, target, step, pick);
    return all.length === 0 ? '' : median(all).toFixed(digits);
  };
  const ratio = ratioOf(results, step, pick);
  return [label, cell('floor'), cell('product'), ratio === undefined ? '' : ratio.toFixed(2)];
}

function ratioOf(results: RoundResult[], step: string, pick: Figure): number | undefined {
  const floor = values(results, 'floor', step, pick);
  const ratios = values(results, 'product', step, pick).flatMap((one, i) => (floor[i] ? [one / floor[i]] : []));
  return ratios.length === 0 ? undefined : median(ratios);
}

function goals(results: RoundResult[]): string {
  const lines: string[] = [];
  const say = (what: string, figure: number | undefined, good: (figure: number) => boolean) => {
    if (figure !== undefined) lines.push(`- ${what}: ${figure.toFixed(2)} (${good(figure) ? 'met' : 'not met'})`);
  };
  say(
    'throughput, goal ≥ 0.60 × floor',
    ratioOf(results, 'closed', (s) => s.throughput),
    (x) => x >= 0.6,
  );
  say(
    'p50 at 30 % load, goal ≤ 2 × floor',
    ratioOf(results, 'open 30 %', (s) => s.latency.p50),
    (x) => x <= 2,
  );
  const publish = median(values(results, 'floor', 'publish alone', (s) => s.throughput));
  const door = values(results, 'product', 'ingest alone', (s) => s.throughput);
  // Only where the disk sets the pace: a stream that is not synced takes more than any HTTP server can bring.
  if (results[0]?.profile === 'durable' && publish > 0 && door.length > 0)
    say('front door alone, goal ≥ 0.80 × JetStream publish alone', median(door) / publish, (x) => x >= 0.8);
  return lines.join('\n');
}

/** Neighbours that take the machine from one side more than from the other make any ratio: say so where the ratios stand. */
function noise(results: RoundResult[]): string[] {
  const worst = Math.max(0, ...results.flatMap(({ steps }) => steps.map((step) => step.others)));
  if (worst <= quietBelow) return [];
  return [
    `**Not to be relied on:** other processes took up to ${(worst * 100).toFixed(0)} % of the machine during these steps. Measure again on a quiet one.`,
  ];
}

function componentTable(results: RoundResult[], pick: (step: StepResult) => Record<string, number>, digits: number): string {
  const names = [...new Set(results.flatMap(({ steps }) => steps.flatMap((step) => Object.keys(pick(step)))))];
  const rows = names.map((name) => {
    const cell = (target: TargetName) => {
      const all = values(results, target, 'closed', (step) => pick(step)[name] ?? Number.NaN).filter((one) => !Number.isNaN(one));
      return all.length === 0 ? '' : median(all).toFixed(digits);
    };
    return [name, cell('floor'), cell('product')];
  });
  const total = (target: TargetName) => {
    const sums = values(results, target, 'closed', (step) => sumOf(pick(step)));
    return sums.length === 0 ? '' : `**${median(sums).toFixed(digits)}**`;
  };
  return table(['', 'floor', 'product'], [...rows, ['**in all**', total('floor'), total('product')]]);
}

function complaints(results: RoundResult[]): string {
  const found = results.flatMap(({ profile, round, target, steps }) =>
    steps.flatMap((one) => (one.complaint ? [`- ${profile}, round ${round}, ${target}, ${one.step}: ${one.complaint}`] : [])),
  );
  const checked = results.flatMap(({ steps }) => steps).reduce((sum, { tally }) => sum + (tally?.issued ?? 0), 0);
  const head = '## Every message answered exactly once?';
  if (found.length === 0) return `${head}\n\nYes: ${checked} messages in the steps above, each with exactly one reply, none refused.`;
  return `${head}\n\n**No**, of ${checked} messages:\n\n${found.join('\n')}`;
}
