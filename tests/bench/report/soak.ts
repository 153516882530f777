import type { Machine } from '../main.ts';
import type { SoakResult } from '../soak.ts';
import { table } from './table.ts';

/** Memory over time, one column a component, about a dozen rows. */
export function soakReport(r: SoakResult, machine: Machine): string {
  const names = Object.keys(r.growth);
  const step = Math.max(1, Math.floor(r.samples.length / 12));
  const shown = r.samples.filter((_, i) => i % step === 0 || i === r.samples.length - 1);
  const rows = shown.map(({ at, mib }) => [`${(at / 60).toFixed(1)} min`, ...names.map((name) => (mib[name] ?? 0).toFixed(0))]);
  return `${[
    `# Soak: ${r.minutes} minutes at 30 % load, profile \`${r.profile}\``,
    `${machine.cpu}, ${machine.memory}, Node ${machine.node}, nats-server ${machine.nats}.`,
    `${r.rate} messages a second offered, ${r.replied} answered; p50 ${r.p50.toFixed(1)} ms, p99 ${r.p99.toFixed(1)} ms.`,
    'Resident memory in MiB (Postgres: proportional share of all its processes). The last row is the growth per ten minutes over the last two thirds.',
    table(['', ...names], [...rows, ['**MiB / 10 min**', ...names.map((name) => `**${r.growth[name]!.toFixed(1)}**`)]]),
    r.complaints.length === 0
      ? 'Every message had exactly one reply.'
      : `**Wrong:**\n\n${r.complaints.map((one) => `- ${one}`).join('\n')}`,
  ].join('\n\n')}\n`;
}
