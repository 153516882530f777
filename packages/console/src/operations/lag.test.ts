import { expect, test } from 'vitest';
import { groupsOf } from './lag.ts';

test('readers of parts are shown as the one work they share, the furthest behind first', () => {
  const reader = (stream: string, consumer: string, pending: number) => ({ stream, consumer, pending, ack_pending: 1, redelivered: 0 });
  const groups = groupsOf([reader('INBOUND', 'state-p00', 1), reader('EVENTS', 'sends', 9), reader('INBOUND', 'state-p01', 2)]);
  expect(groups).toEqual([
    { stream: 'EVENTS', name: 'sends', readers: 1, pending: 9, ack_pending: 1, redelivered: 0 },
    { stream: 'INBOUND', name: 'state', readers: 2, pending: 3, ack_pending: 2, redelivered: 0 },
  ]);
});
