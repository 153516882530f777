import { expect, test } from 'vitest';
import { concerns, type RowsState, type StreamState } from './state-of.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const rows: RowsState = {
  outbox: 3,
  oldest_in_outbox_seconds: 1,
  partitions_held: 16,
  instances: 2,
  open_turns: 4,
  open_sends: 2,
  overdue_timers: 0,
  dead_letters: 0,
  dead_deliveries: 0,
  pending_deliveries: 7,
};
const stream = (name: string, more: Partial<StreamState> = {}): StreamState => ({
  name,
  messages: 1,
  bytes: 1,
  max_bytes: 100,
  oldest: '2026-11-21T11:59:30Z',
  ...more,
});
const streams = [stream('INBOUND'), stream('EVENTS')];
const said = (o: { rows?: Partial<RowsState>; streams?: StreamState[] }) =>
  concerns({ rows: { ...rows, ...o.rows }, streams: o.streams ?? streams, now });

test('work under way concerns nobody', () => {
  expect(said({})).toEqual([]);
});

test.each([
  [{ rows: { partitions_held: 15 } }, '1 of 16 partitions'],
  [{ rows: { oldest_in_outbox_seconds: 61 } }, 'waited 61 s to be published'],
  [{ rows: { overdue_timers: 2 } }, '2 timers'],
  [{ rows: { dead_letters: 1, dead_deliveries: 2 } }, '3 dead letters'],
  [{ streams: [stream('INBOUND')] }, 'EVENTS is not there'],
  [{ streams: [stream('INBOUND', { oldest: '2026-11-21T11:50:00Z' }), stream('EVENTS')] }, 'has waited in INBOUND'],
  [{ streams: [stream('INBOUND', { bytes: 81 }), stream('EVENTS')] }, 'nearly full'],
])('%o is told of', (o, words) => {
  expect(said(o)).toEqual([expect.stringContaining(words)]);
});
