import { stringify } from 'node:querystring';
import { expect, test } from 'vitest';
import { account, post, receivedAt } from '../../test/account.ts';
import { parseTwilio } from './inbound.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const base = { MessageSid: 'SM1', AccountSid: 'AC1', From: '+14155550123', To: '+15550100', Body: 'Hello', NumMedia: '0' };

function parse(params: Record<string, string>, query = '') {
  return parseTwilio(post(stringify(params), form, `https://in.example.com/providers/twilio/chn_1${query}`), account(), receivedAt);
}

test('an SMS becomes one message with the addresses in E.164', () => {
  const { messages, receipts, ignored } = parse(base);
  expect(receipts).toEqual([]);
  expect(ignored).toBe(0);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({
    provider: 'twilio',
    channel: 'sms',
    provider_message_id: 'SM1',
    from: '+14155550123',
    to: '+15550100',
    text: 'Hello',
    author: 'contact',
    received_at: '2026-05-15T14:32:01.000Z',
    provider_opt_out: '',
    agent_id: account().agentId,
  });
});

test('the whatsapp: prefix tells the channel and is not part of the address, so both channels thread together', () => {
  const { messages } = parse({ ...base, From: 'whatsapp:+14155550123', To: 'whatsapp:+15550100', ProfileName: 'Ada' });
  expect(messages[0]).toMatchObject({ channel: 'whatsapp', from: '+14155550123', to: '+15550100', contact: { name: 'Ada' } });
});

test('media are references, ten at most, whatever number is claimed', () => {
  const many = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      [`MediaUrl${i}`, `https://api.twilio.com/m/${i}`],
      [`MediaContentType${i}`, 'image/png'],
    ]).flat(),
  ) as Record<string, string>;
  const { messages } = parse({ ...base, ...many, NumMedia: '999999999' });
  expect(messages[0]!.attachments).toHaveLength(10);
  expect(messages[0]!.attachments[1]).toEqual({ url: 'https://api.twilio.com/m/1', content_type: 'image/png', size: 0, name: '' });
});

test('a STOP that Twilio has answered itself is passed on as such', () => {
  expect(parse({ ...base, Body: 'Stop', OptOutType: 'STOP' }).messages[0]!.provider_opt_out).toBe('stop');
  expect(parse({ ...base, Body: 'Start', OptOutType: 'START' }).messages[0]!.provider_opt_out).toBe('start');
  expect(parse({ ...base, Body: 'Help', OptOutType: 'HELP' }).messages[0]!.provider_opt_out).toBe('');
});

test('a shared place without a text is told as text', () => {
  const { messages } = parse({ ...base, Body: '', Latitude: '6.5', Longitude: '3.4', Address: 'Marina 1' });
  expect(messages[0]!.text).toBe('Location: Marina 1 (6.5, 3.4)');
});

test.each([
  ['sent', 'sent', ''],
  ['delivered', 'delivered', ''],
  ['read', 'read', ''],
  ['undelivered', 'failed', 'recipient_unreachable'],
  ['failed', 'failed', 'recipient_unreachable'],
])('the status %s becomes the receipt %s', (word, status, code) => {
  const { receipts, messages } = parse({ MessageSid: 'SM1', MessageStatus: word, ErrorCode: '30003', From: '+1', To: '+2' });
  expect(messages).toEqual([]);
  expect(receipts).toMatchObject([{ provider_message_id: 'SM1', status, error_code: code }]);
});

test.each([
  ['21610', 'recipient_opted_out'],
  ['63016', 'window_expired'],
])('the error %s of a failed send is %s in our words', (code, ours) => {
  const { receipts } = parse({ MessageSid: 'SM1', MessageStatus: 'failed', ErrorCode: code });
  expect(receipts[0]!.error_code).toBe(ours);
});

test.each(['queued', 'sending', 'accepted', 'scheduled', 'constructor'])('the status %s is counted as ignored', (word) => {
  expect(parse({ MessageSid: 'SM1', MessageStatus: word })).toEqual({ messages: [], receipts: [], ignored: 1 });
});

test('our own message id comes back from the URL of the callback, and only if it is one', () => {
  const id = 'msg_01hzzzzzzzzzzzzzzzzzzzzzzz';
  expect(parse({ MessageSid: 'SM1', MessageStatus: 'sent' }, `?message_id=${id}`).receipts[0]!.message_id).toBe(id);
  expect(parse({ MessageSid: 'SM1', MessageStatus: 'sent' }, '?message_id=msg_x').receipts[0]!.message_id).toBe('');
});

test('a GET webhook is read from its query', () => {
  const url = `https://in.example.com/providers/twilio/chn_1?${stringify(base)}`;
  const { messages } = parseTwilio({ method: 'GET', url, headers: {}, body: Buffer.alloc(0) }, account(), receivedAt);
  expect(messages[0]).toMatchObject({ provider_message_id: 'SM1', text: 'Hello' });
});

test('a webhook about something else than messages is ignored, not refused: a refusal would only be repeated', () => {
  expect(parse({ CallSid: 'CA1', From: '+1', To: '+2' })).toEqual({ messages: [], receipts: [], ignored: 1 });
  expect(parse({ ...base, From: 'messenger:123' })).toEqual({ messages: [], receipts: [], ignored: 1 });
});

test('a message without addresses is malformed', () => {
  expect(() => parse({ MessageSid: 'SM1', Body: 'x' })).toThrow(/malformed_request/);
});

test('NUL characters, which Postgres refuses, are taken out of the text', () => {
  expect(parse({ ...base, Body: 'a\0b' }).messages[0]!.text).toBe('ab');
});
