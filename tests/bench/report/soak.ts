import type { Machine } from '../main.ts';
import { median } from '../measure/stats.ts';
import type { SoakResult } from '../soak.ts';
import { table } from './table.ts';

/** Memory over time, one column a component, about a dozen rows. */
export function soakReport(r: SoakResult, machine: Machine): string {
  const names = Object.keys(r.growth);
  const step = Math.max(1, Math.floor(r.samples.length / 12));
  const shown = r.samples.filter((_, i) => i % step === 0 || i === r.samples.length - 1);
  const rows = shown.map(({ at, mib }) => [`${(at / 60).toFixed(1)} min`, ...names.map((name) => (mib[name] ?? 0).toFixed(0))]);
  return `${[
    `# Soak: ${r.minutes} minutes at ${Math.round(r.load * 100)} % load, profile \`${r.profile}\``,
    `${machine.cpu}, ${machine.memory}, Node ${machine.node}, nats-server ${machine.nats}.`,
    `${r.rate} messages a second offered, ${r.replied} answered; p50 ${r.p50.toFixed(1)} ms, p99 ${r.p99.toFixed(1)} ms.`,
    'Resident memory in MiB (Postgres: proportional share of all its processes). The last rows are the growth over the last two thirds, after caches and heaps have taken their size.',
    table(
      ['', ...names],
      [
        ...rows,
        ['**MiB / 10 min**', ...names.map((name) => `**${r.growth[name]!.toFixed(1)}**`)],
        ['**growth in all**', ...names.map((name) => `**${(r.share[name]! * 100).toFixed(1)} %**`)],
      ],
    ),
    ...manners(r),
    r.complaints.length === 0
      ? 'Every message had exactly one reply.'
      : `**Wrong:**\n\n${r.complaints.map((one) => `- ${one}`).join('\n')}`,
  ].join('\n\n')}\n`;
}

/** Minutes in good and in bad company took turns, so that both met the same machine. */
function manners({ legs }: SoakResult): string[] {
  const of = (wanted: 'good' | 'bad') => legs.filter((leg) => leg.manners === wanted);
  const [good, bad] = [of('good'), of('bad')];
  if (good.length === 0 || bad.length === 0) return [];
  const row = (name: 'p50' | 'p99'): string[] => {
    const [a, b] = [median(good.map((leg) => leg[name])), median(bad.map((leg) => leg[name]))];
    return [`${name} ms`, a.toFixed(1), b.toFixed(1), (b / a).toFixed(2)];
  };
  return [
    'Medians of the minutes beside an endpoint and a reader that do as they should, and of those beside ones that hang, with poison in INBOUND:',
    table(['', 'good company', 'bad company', 'ratio'], [row('p50'), row('p99')]),
  ];
}
