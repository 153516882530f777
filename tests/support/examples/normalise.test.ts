import { expect, test } from 'vitest';
import { normalise } from './normalise.ts';

const answer = (salt: string, at: string) => ({
  request: { path: { conversation_id: `conv_01k9aaaaaaaaaaaaaaaaaaaa${salt}` } },
  answer: {
    conversation_id: `conv_01k9aaaaaaaaaaaaaaaaaaaa${salt}`,
    previous_conversation_id: `conv_01k9bbbbbbbbbbbbbbbbbbbb${salt}`,
    created_at: at,
    sent_at: null,
    webhook_url: `http://127.0.0.1:54321/providers/simulator/chn_01k9cccccccccccccccccccc${salt}`,
    provider_message_id: `SM${salt}`,
    message_count: 2,
    text: 'Room 12 at 8',
    csv: `${at},${salt.repeat(60)}`,
  },
});

test('two runs of the same requests give the same example, in which equal ids are still equal', () => {
  const hosts = { 'http://127.0.0.1:54321': 'http://127.0.0.1:4001' };
  const one = normalise(answer('ab', '2026-11-21T15:00:00.123Z'), hosts);
  expect(normalise(answer('cd', '2027-01-01T00:00:00.000Z'), hosts)).toEqual(one);
  expect(one.answer.conversation_id).toBe(one.request.path.conversation_id);
  expect(one.answer.previous_conversation_id).not.toBe(one.answer.conversation_id);
  expect(one.answer).toMatchObject({
    created_at: '2026-05-15T14:32:01.000Z',
    sent_at: null,
    webhook_url: 'http://127.0.0.1:4001/providers/simulator/chn_01k9qg3v5e7h2m4n6p8r0s2t4v',
    message_count: 2,
    text: 'Room 12 at 8',
    csv: '2026-05-15T14:32:10.000Z,WyIyMDI2LTA1LTE1VDE0OjMyOjAxLjAwMFoiXQ.kYx0Q3v7r2mB',
  });
});
