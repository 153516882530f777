import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { account, outbound, post, receivedAt, sendContext } from '../test/account.ts';
import { capabilitiesOf } from './capabilities.ts';
import { http } from './http.ts';
import { classifyNetworkError } from './provider.ts';
import { simulator } from './simulator.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ours = account({ credentials: { secret, outbound_url: 'https://example.com/hook' } });
const body = '{"type":"message","id":"m1","from":"+14155550123","text":"Hi"}';

function signed(at = receivedAt, key = secret) {
  return {
    'webhook-id': 'd1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(key).sign('d1', at, body),
  };
}

test("a body signed by the standard's own package passes, also beside another key's signature", () => {
  expect(http.verify(post(body, signed()), ours, receivedAt)).toBe(true);
  const other = new Webhook(Buffer.from('another key of 24 bytes.').toString('base64')).sign('d1', receivedAt, body);
  const both = { ...signed(), 'webhook-signature': `v1,${'x'.repeat(10)} ${other} ${signed()['webhook-signature']}` };
  expect(http.verify(post(body, both), ours, receivedAt)).toBe(true);
});

test('one byte changed in body, id or time fails', () => {
  expect(http.verify(post(body.replace('Hi', 'Ho'), signed()), ours, receivedAt)).toBe('signature_mismatch');
  expect(http.verify(post(body, { ...signed(), 'webhook-id': 'd2' }), ours, receivedAt)).toBe('signature_mismatch');
  const later = String(Number(signed()['webhook-timestamp']) + 1);
  expect(http.verify(post(body, { ...signed(), 'webhook-timestamp': later }), ours, receivedAt)).toBe('signature_mismatch');
});

test('the raw bytes are signed: bodies whose invalid UTF-8 reads alike do not pass for each other', () => {
  const signedBytes = Buffer.from([0x22, 0xfe, 0x22]);
  const timestamp = signed()['webhook-timestamp'];
  const mac = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(`d1.${timestamp}.`)
    .update(signedBytes)
    .digest('base64');
  const headers = { ...signed(), 'webhook-signature': `v1,${mac}` };
  expect(http.verify(post(signedBytes, headers), ours, receivedAt)).toBe(true);
  expect(http.verify(post(Buffer.from([0x22, 0xff, 0x22]), headers), ours, receivedAt)).toBe('signature_mismatch');
});

test('five minutes of difference are borne, more are not, in both directions', () => {
  const minutes = (n: number) => new Date(receivedAt.getTime() + n * 60_000);
  for (const n of [-5, 5]) expect(http.verify(post(body, signed(minutes(n))), ours, receivedAt)).toBe(true);
  for (const n of [-5.1, 5.1]) expect(http.verify(post(body, signed(minutes(n))), ours, receivedAt)).toBe('timestamp_out_of_range');
});

test('fails closed without headers and without a usable secret', () => {
  expect(http.verify(post(body), ours, receivedAt)).toBe('signature_missing');
  for (const bad of [undefined, '', 'whsec_', 'not base64!', 7]) {
    expect(http.verify(post(body, signed()), account({ credentials: { secret: bad } }), receivedAt)).toBe('no_secret');
  }
});

test('the outbound message has the same shape and a signature that the package accepts', () => {
  const built = http.buildSend(outbound(), ours, { ...sendContext, now: new Date() });
  if (built.kind !== 'request') throw new Error(built.kind);
  expect(built.request.url).toBe('https://example.com/hook');
  expect(built.request.headers['webhook-id']).toBe(outbound().messageId);
  expect(new Webhook(secret).verify(built.request.body, built.request.headers)).toMatchObject({
    type: 'message',
    id: outbound().messageId,
    channel: 'sms',
    from: '+15550100',
    to: '+14155550123',
    text: 'Your appointment is at 3.',
  });
});

test('an account without URL or secret cannot send', () => {
  expect(http.buildSend(outbound(), account({ credentials: { secret } }), sendContext)).toMatchObject({ code: 'channel_misconfigured' });
  expect(http.buildSend(outbound(), account({ credentials: { outbound_url: 'https://a.b' } }), sendContext)).toMatchObject({
    code: 'channel_misconfigured',
  });
});

test('a receiver that takes one id once may be asked again after anything unclear', () => {
  const answer = (status: number, text: string) => http.readSendAnswer(status, {}, text, 'msg_1');
  expect(answer(200, '{"id":"p1"}')).toEqual({ kind: 'sent', providerMessageId: 'p1' });
  expect(answer(204, '')).toEqual({ kind: 'sent', providerMessageId: 'msg_1' });
  expect(answer(503, '')).toMatchObject({ kind: 'retry' });
  expect(answer(422, '{"code":"recipient_opted_out","detail":"d"}')).toEqual({ kind: 'failed', code: 'recipient_opted_out', detail: 'd' });
  expect(answer(404, '<html>')).toMatchObject({ kind: 'failed', code: 'http_404' });
  expect(classifyNetworkError(capabilitiesOf('http', 'sms'), 'after_request').kind).toBe('retry');
});

test('the simulated phone is posted to ingest with the service token', () => {
  const built = simulator.buildSend(outbound(), account(), sendContext);
  if (built.kind !== 'request') throw new Error(built.kind);
  expect(built.request.url).toBe(`https://in.example.com/providers/simulator/${account().channelAccountId}/send`);
  expect(built.request.headers['authorization']).toBe('Bearer token');
  expect(JSON.parse(built.request.body)).toMatchObject({
    message_id: outbound().messageId,
    to: '+14155550123',
    text: 'Your appointment is at 3.',
  });
});
