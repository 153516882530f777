import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import { expect, test } from 'vitest';
import { count, empty, median, span, tick } from './tally.ts';

const event = (event_type: string, payload: object = {}) => ({ event_type, payload }) as unknown as BatonEvent;

test('events count in the second in which they came, and messages and turns by what became of them', () => {
  const suppressed = event('dispatch.suppressed', { outcome: 'suppressed', reason: 'mode_human', latency_ms: null });
  const replied = event('dispatch.completed', { outcome: 'replied', reason: null, latency_ms: 40 });
  const one = count(empty, [event('message.received'), event('message.sent'), replied]);
  const two = count(tick(one), [suppressed, suppressed, event('message.failed')]);
  expect(two.perSecond.slice(-3)).toEqual([0, 3, 3]);
  expect(two.perSecond).toHaveLength(span);
  expect(two).toMatchObject({ received: 1, sent: 1, failed: 1, outcomes: { replied: 1, 'suppressed mode_human': 2 }, latencies: [40] });
});

test('the median of nothing is nothing', () => {
  expect([median([]), median([9]), median([1, 100, 3])]).toEqual([undefined, 9, 3]);
});
