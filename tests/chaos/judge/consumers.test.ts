import { expect, test } from 'vitest';
import { judgeStream, judgeWebhooks } from './consumers.ts';

const event = (sequence: number, event_type = 'message.received') => ({
  event_id: `e${sequence}`,
  event_type,
  conversation_id: 'c1',
  sequence,
});
const written = [event(1), event(2), event(3)];

test('a stream shows every event once and in order, of all types', () => {
  expect(judgeStream(written, written)).toEqual([]);
  expect(judgeStream(written, [event(1), event(3)])).toEqual([expect.stringContaining('not 2')]);
  expect(judgeStream(written, [event(1), event(2), event(2), event(3)])).toEqual([expect.stringContaining('twice')]);
  expect(judgeStream(written, [event(2), event(1), event(3)])).toEqual([expect.stringContaining('out of order')]);
  expect(judgeStream([event(1)], written)).toEqual([expect.stringContaining('unwritten 2, 3')]);
});

test('what is left out is no lie where the reader was told of a gap; what is shown is shown once and in order', () => {
  const gap = { ...event(0, 'stream.gap'), conversation_id: '' };
  expect(judgeStream(written, [event(1), gap, event(3)])).toEqual([]);
  expect(judgeStream(written, [event(2), gap, event(1), event(3)])).toEqual([expect.stringContaining('out of order')]);
  expect(judgeStream(written, [event(1), gap, event(1), event(2), event(3)])).toHaveLength(1);
});

test('webhooks bring every public event, again if they must, in the order in which each came first', () => {
  expect(judgeWebhooks(written, [event(1), event(1), event(2), event(1), event(3)])).toEqual([]);
  expect(judgeWebhooks(written, [event(2), event(1), event(3)])).toEqual([expect.stringContaining('out of order')]);
  expect(judgeWebhooks([...written, event(4, 'dispatch.ready')], written)).toEqual([]);
  expect(judgeWebhooks(written, [event(1), event(2)])).toEqual([expect.stringContaining('not 3')]);
});
