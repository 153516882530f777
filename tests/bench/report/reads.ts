import type { Machine } from '../main.ts';
import type { ReadsResult } from '../reads/run.ts';
import { table } from './table.ts';

export function readsReport(r: ReadsResult, machine: Machine): string {
  const whole = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 0 });
  const memory = ({ before, peak }: { before: number; peak: number }) => `${whole(before)} → ${whole(peak)} (+${whole(peak - before)})`;
  const found = r.searches.map((one) => [one.what, one.total, whole(one.firstMs), whole(one.p50), whole(one.max)]);
  const exported = r.exports.map((one) => [
    one.what,
    whole(one.messages),
    one.seconds.toFixed(1),
    whole(one.mib),
    whole(one.messages / one.seconds),
    memory(one.gateway),
    memory(one.conversationState),
  ]);
  return `${[
    `# Search and export: ${whole(r.messages)} messages in ${whole(r.conversations)} conversations`,
    `${machine.cpu}, ${machine.memory}, Node ${machine.node}. Loaded in ${whole(r.loadSeconds)} s; table ${whole(r.size.table)} MiB, index of the search ${whole(r.size.index)} MiB.`,
    'Search, through the gateway, one at a time, ms:',
    table(['', 'found', 'first', 'p50', 'max'], found),
    'Export with all messages; resident memory before and at its peak, MiB:',
    table(['', 'messages', 's', 'MiB', 'messages/s', 'gateway', 'conversation-state'], exported),
    r.complaints.length === 0 ? 'Every export had every message.' : `**Wrong:**\n\n${r.complaints.map((one) => `- ${one}`).join('\n')}`,
  ].join('\n\n')}\n`;
}
