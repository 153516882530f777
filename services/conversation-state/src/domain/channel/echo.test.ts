import { expect, test } from 'vitest';
import { after, conversationRow, inbound, messageRow, noon } from '../../../test/pure/rows.ts';
import type { MessageRow } from '../rows.ts';
import { longestWaitMs, whoseEcho } from './echo.ts';

const sent = (over: Partial<MessageRow> = {}) =>
  messageRow(conversationRow(), {
    text: 'It is open.',
    status: 'sending',
    status_history: [{ status: 'sending', at: noon.toISOString(), detail: null }],
    ...over,
  });
const echo = (over: Parameters<typeof inbound>[0] = {}) =>
  inbound({
    author: 'human',
    text: 'It is open.',
    channel_account_id: sent().channel_account_id,
    received_at: after(500).toISOString(),
    ...over,
  });

test('the same words on their way out make an echo wait for the answer of the send', () => {
  expect(whoseEcho(echo(), [sent()], after(500))).toEqual({ kind: 'wait' });
  expect(whoseEcho(echo({ text: ' It is open.\n' }), [sent()], after(500))).toEqual({ kind: 'wait' });
});

test('other words, another account and other files are a person’s, at once', () => {
  expect(whoseEcho(echo({ text: 'I am here' }), [sent()], after(500))).toEqual({ kind: 'theirs' });
  expect(whoseEcho(echo({ channel_account_id: 'other' }), [sent()], after(500))).toEqual({ kind: 'theirs' });
  expect(whoseEcho(echo({ attachments: [{ url: 'https://x', content_type: '', size: 0, name: '' }] }), [sent()], after(500))).toEqual({
    kind: 'theirs',
  });
  expect(whoseEcho(echo(), [], after(500))).toEqual({ kind: 'theirs' });
});

test('a send that never answers is not waited for longer than a minute', () => {
  expect(whoseEcho(echo(), [sent()], after(500 + longestWaitMs - 1))).toEqual({ kind: 'wait' });
  expect(whoseEcho(echo(), [sent()], after(500 + longestWaitMs))).toEqual({ kind: 'theirs' });
});

test('the same words tell the fate of a message that nobody knew of, if they come in time', () => {
  const doubtful = sent({ status: 'unknown' });
  expect(whoseEcho(echo(), [doubtful], after(500))).toEqual({ kind: 'ours', message: doubtful });
  expect(whoseEcho(echo({ received_at: after(3_600_000).toISOString() }), [doubtful], after(3_600_000))).toEqual({ kind: 'theirs' });
  expect(whoseEcho(echo(), [doubtful, sent()], after(500))).toEqual({ kind: 'wait' });
});
