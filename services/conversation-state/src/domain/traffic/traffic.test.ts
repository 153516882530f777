import { expect, test } from 'vitest';
import { after, conversationRow, dispatchRow, messageRow, noon } from '../../../test/pure/rows.ts';
import { noChanges } from '../changes.ts';
import { type AccountSeen, countChanges } from './count.ts';
import { figuresOf } from './figures.ts';
import { latencyClass, percentile } from './latency.ts';

function counted(changes: Partial<ReturnType<typeof noChanges>>) {
  const counts: Record<string, number> = {};
  const accounts: AccountSeen[] = [];
  countChanges({ ...noChanges(), ...changes }, noon, {
    add: (_, what) => {
      counts[what] = (counts[what] ?? 0) + 1;
    },
    account: (_, seen) => void accounts.push(seen),
  });
  return { counts, accounts };
}

const c = conversationRow();
const status = ['status' as const];

test('messages count when they come in, when a provider takes them, and when they fail, each once', () => {
  const inbound = messageRow(c, { direction: 'inbound', author: 'contact', status: 'received' });
  const seen = messageRow(c, { status: 'sending', sent_at: null });
  const sent = { ...seen, status: 'sent' as const, sent_at: noon };
  const { counts, accounts } = counted({
    messages: [inbound, messageRow(c, { status: 'queued', sent_at: null })],
    messageUpdates: [
      { row: sent, seen, changed: [...status, 'sent_at'] },
      { row: { ...sent, status: 'delivered' }, seen: sent, changed: status },
      { row: { ...seen, status: 'failed', error_code: '21211' }, seen, changed: status },
    ],
  });
  expect(counts).toEqual({ received: 1, sent: 1, failed: 1 });
  expect(accounts).toEqual([{ received: noon }, { sent: noon }, { failed: { code: '21211', at: noon } }]);
});

test('turns count once, when they are settled, by outcome and reason and how long they took', () => {
  const open = dispatchRow(c, { outcome: 'in_flight', settled_at: null });
  const replied = { ...open, outcome: 'replied' as const, settled_at: noon, latency_ms: 840 };
  const suppressed = dispatchRow(c, { outcome: 'suppressed', reason: 'mode_human', settled_at: noon, latency_ms: null });
  const { counts } = counted({
    dispatches: [open, suppressed],
    dispatchUpdates: [
      { row: replied, seen: open, changed: ['outcome'] },
      { row: { ...replied, suggestion_status: 'sent' }, seen: replied, changed: ['suggestion_status'] },
    ],
  });
  expect(counts).toEqual({ 'turn replied': 1, 'turn suppressed mode_human': 1, [`took ${latencyClass(840)}`]: 1 });
});

test('a class says what any time in it was to within a tenth', () => {
  for (const ms of [1, 37, 250, 999, 4321, 30_000, 119_000]) {
    const said = percentile(new Map([[latencyClass(ms), 1]]), 0.5)!;
    expect(Math.abs(said - ms) / ms, `${ms} is called ${said}`).toBeLessThan(0.11);
  }
  expect(percentile(new Map(), 0.5)).toBeUndefined();
  const times = new Map([
    [latencyClass(100), 90],
    [latencyClass(5000), 10],
  ]);
  expect([percentile(times, 0.5), percentile(times, 0.95)].map((ms) => latencyClass(ms!))).toEqual([latencyClass(100), latencyClass(5000)]);
});

test('figures have every minute, the one that runs last, and what became of turns by frequency', () => {
  const row = (minutesAgo: number, what: string, count: number) => ({ minute: after(-minutesAgo * 60_000), what, count });
  const rows = [
    row(0, 'received', 3),
    row(2, 'received', 4),
    row(2, 'sent', 1),
    row(1, 'turn replied', 2),
    row(1, 'turn suppressed mode_human', 5),
  ];
  const { minutes, total, outcomes } = figuresOf(rows, { now: after(20_000), minutes: 3 });
  expect(minutes.map(({ at, received, sent, replied }) => [at, received, sent, replied])).toEqual([
    [after(-120_000), 4, 1, 0],
    [after(-60_000), 0, 0, 2],
    [noon, 3, 0, 0],
  ]);
  expect(total).toMatchObject({ received: 7, sent: 1, replied: 2, failed: 0, latencyP50Ms: undefined });
  expect(outcomes).toEqual([
    { outcome: 'suppressed', reason: 'mode_human', count: 5 },
    { outcome: 'replied', reason: undefined, count: 2 },
  ]);
});
