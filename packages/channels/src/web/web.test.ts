import { createHmac } from 'node:crypto';
import { BatonError } from '@baton/errors/baton-error.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { account as anyAccount, outbound, post, receivedAt, sendContext } from '../../test/account.ts';
import type { Account } from '../provider.ts';
import { web } from '../web.ts';
import { webFacts } from './facts.ts';
import { isVouchedFor, visitorIdOf } from './identity.ts';
import { maxItems } from './inbound.ts';
import { isDueForRenewal, openVisitor, sealVisitor, tokenDays } from './visitor-token.ts';

const origin = 'https://shop.example';
const account = (over: Partial<Account> = {}) =>
  anyAccount({
    channel: 'web',
    address: 'shop.example',
    credentials: { allowed_origins: [origin], visitor_keys: ['new', 'old'], identity_secret: 'a-secret-of-the-host' },
    ...over,
  });
const visitor = { visitorId: 'v_ada', user: { id: '7', name: 'Ada', email: 'ada@shop.example' } };
const token = (of = account(), at = receivedAt) => sealVisitor(of, visitor, at)!;
const days = (count: number) => new Date(receivedAt.getTime() + count * 86_400_000);
const says = (body: unknown, more: Record<string, string> = {}) =>
  post(JSON.stringify(body), { authorization: `Bearer ${token()}`, origin, ...more });
const message = { type: 'message', id: 'm1', text: 'Hello' };

test('a token names its visitor until it is over', () => {
  expect(openVisitor(account(), token(), receivedAt)).toMatchObject(visitor);
  expect(openVisitor(account(), token(), days(tokenDays - 1))).toMatchObject({ visitorId: 'v_ada' });
  expect(openVisitor(account(), token(), days(tokenDays))).toBeUndefined();
  expect([
    isDueForRenewal(openVisitor(account(), token(), receivedAt)!, days(0.9)),
    isDueForRenewal(openVisitor(account(), token(), receivedAt)!, days(1)),
  ]).toEqual([false, true]);
});

test('a token of another account, of another key or with anything changed names nobody', () => {
  expect(openVisitor(account({ channelAccountId: 'chn_other' }), token(), receivedAt)).toBeUndefined();
  expect(openVisitor(account({ credentials: { visitor_keys: ['strange'] } }), token(), receivedAt)).toBeUndefined();
  const given = token();
  fc.assert(
    fc.property(fc.nat(given.length - 1), fc.constantFrom(...'AbZ09._-'), (at, letter) => {
      const changed = given.slice(0, at) + letter + given.slice(at + 1);
      // The last letter of base64 has bits that mean nothing.
      if (changed !== given && at !== given.length - 1) expect(openVisitor(account(), changed, receivedAt)).toBeUndefined();
    }),
  );
  for (const nonsense of ['', '.', 'bvt1..', 'bvt1.e30.', 'x'.repeat(9000)])
    expect(openVisitor(account(), nonsense, receivedAt)).toBeUndefined();
});

test('a rotated key lets old tokens live on; without keys there are none', () => {
  const before = token(account({ credentials: { visitor_keys: ['old'] } }));
  expect(openVisitor(account(), before, receivedAt)).toMatchObject({ visitorId: 'v_ada' });
  expect(sealVisitor(account({ credentials: {} }), visitor, receivedAt)).toBeUndefined();
  expect(openVisitor(account({ credentials: { visitor_keys: [''] } }), before, receivedAt)).toBeUndefined();
});

test('a request counts with a token and from a listed origin, and not else', () => {
  expect(web.verify(says(message), account(), receivedAt)).toBe(true);
  expect(web.verify(says(message, { authorization: '' }), account(), receivedAt)).toBe('signature_missing');
  expect(web.verify(says(message, { authorization: 'Bearer nobody' }), account(), receivedAt)).toBe('signature_mismatch');
  for (const other of ['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null', ''])
    expect(web.verify(says(message, { origin: other }), account(), receivedAt)).toBe('signature_mismatch');
  // Nothing listed: nobody.
  expect(web.verify(says(message), account({ credentials: { visitor_keys: ['new', 'old'] } }), receivedAt)).toBe('signature_mismatch');
});

test('who wrote is the word of the token, never of the body', () => {
  const [read] = web.parse(says({ ...message, from: 'v_eve', author: 'human', contact: { name: 'Eve' } }), account(), receivedAt).messages;
  expect(read).toMatchObject({
    from: 'v_ada',
    to: 'shop.example',
    author: 'contact',
    text: 'Hello',
    provider_message_id: 'v_ada:m1',
    contact: { name: 'Ada', email: 'ada@shop.example', attributes: { user_id: '7' } },
    sent_at: receivedAt.toISOString(),
  });
});

test('a receipt names the visitor’s own message only, as the send was recorded', () => {
  const messageId = outbound().messageId;
  const [receipt] = web.parse(says({ type: 'receipt', message_id: messageId, status: 'read' }), account(), receivedAt).receipts;
  const sent = web.buildSend(outbound({ to: 'v_ada' }), account(), sendContext);
  expect(sent).toEqual({ kind: 'stored', providerMessageId: receipt!.provider_message_id });
  expect(web.buildSend(outbound({ to: 'v_other' }), account(), sendContext)).not.toEqual(sent);
});

test.each<[string, unknown, string]>([
  ['a blank text', { ...message, text: '  ' }, '/text'],
  ['a text too long', { ...message, text: 'x'.repeat(8001) }, '/text'],
  ['no id', { type: 'message', text: 'x' }, '/id'],
  ['an id too long', { ...message, id: 'x'.repeat(65) }, '/id'],
  ['a status that visitors do not give', { type: 'receipt', message_id: outbound().messageId, status: 'failed' }, '/status'],
  ['a receipt for no message', { type: 'receipt', message_id: 'm1', status: 'read' }, '/message_id'],
  ['too many items', Array.from({ length: maxItems + 1 }, () => message), ''],
  ['no object', [7], '/0'],
])('%s is refused, and nothing of the request is taken', (_, body, path) => {
  try {
    web.parse(says(body), account(), receivedAt);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(BatonError);
    expect((error as BatonError).problems[0]!.path).toBe(path);
  }
});

test('a user is who the host’s server says, with name and email, and nobody else', () => {
  const user = { id: '7', name: 'Ada', email: 'ada@shop.example' };
  const hash = createHmac('sha256', 'a-secret-of-the-host').update('7\nAda\nada@shop.example').digest('hex');
  expect(isVouchedFor(account(), { ...user, hash })).toBe(true);
  expect(isVouchedFor(account(), { ...user, hash: hash.toUpperCase() })).toBe(true);
  for (const changed of [
    { id: '8' },
    { name: 'Eve' },
    { email: 'eve@shop.example' },
    { id: '7\nAda', name: 'ada@shop.example' },
    { hash: '' },
  ])
    expect(isVouchedFor(account(), { ...user, hash, ...changed })).toBe(false);
  expect(isVouchedFor(account({ credentials: {} }), { ...user, hash: createHmac('sha256', '').update('x').digest('hex') })).toBe(false);
  expect(visitorIdOf(account(), '7')).toBe(visitorIdOf(account(), '7'));
  expect(visitorIdOf(account({ channelAccountId: 'chn_other' }), '7')).not.toBe(visitorIdOf(account(), '7'));
});

test.each([
  ['https://shop.example', true],
  ['http://localhost:3000', true],
  ['https://[::1]:8443', true],
  ['https://shop.example/', false],
  ['https://Shop.example', false],
  ['https://shop.example:443', false],
  ['http://shop.example:80', false],
  ['https://*.example', false],
  ['*', false],
  ['null', false],
  ['shop.example', false],
])('as an allowed origin, %s is fine: %s', (one, fine) => {
  const rule = webFacts.web!.credentials['allowed_origins'];
  expect(rule?.kind === 'texts' && rule.each!.pattern.test(one)).toBe(fine);
});
