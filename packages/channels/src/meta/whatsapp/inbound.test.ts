import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { account, post, receivedAt } from '../../../test/account.ts';
import { meta } from '../../meta.ts';

const secret = 'app-secret';
const ours = account({
  channel: 'whatsapp',
  address: '+15550101',
  credentials: { app_secret: secret, verify_token: 'verify-me', phone_number_id: '106540352242922', access_token: 'EAA' },
});

type Item = Record<string, unknown>;
const text = (id: string, from = '16505551234'): Item => ({
  from,
  id,
  timestamp: '1749416383',
  type: 'text',
  text: { body: `text ${id}` },
});

function change(value: Item, field = 'messages', phoneNumberId = '106540352242922') {
  return {
    field,
    value: { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550101', phone_number_id: phoneNumberId }, ...value },
  };
}

function parse(...changes: unknown[]) {
  return meta.parse(post(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: 'waba', changes }] })), ours, receivedAt);
}

function parseOne(message: Item, value: Item = {}) {
  return parse(change({ messages: [{ from: '16505551234', id: 'wamid.1', timestamp: '1749416383', ...message }], ...value }));
}

describe('the signature of Meta', () => {
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
  const sign = (bytes: string | Buffer, key = secret) => `sha256=${createHmac('sha256', key).update(bytes).digest('hex')}`;

  test('passes over the raw bytes and fails with any one of them changed', () => {
    expect(meta.verify(post(body, { 'x-hub-signature-256': sign(body) }), ours, receivedAt)).toBe(true);
    for (let at = 0; at < body.length; at++) {
      const bytes = Buffer.from(body);
      bytes[at] = bytes[at]! ^ 1;
      expect(meta.verify(post(bytes, { 'x-hub-signature-256': sign(body) }), ours, receivedAt)).toBe('signature_mismatch');
    }
  });

  test('fails closed without a secret, a header, or with a header of another shape', () => {
    expect(meta.verify(post(body, { 'x-hub-signature-256': sign(body, '') }), account(), receivedAt)).toBe('no_secret');
    expect(meta.verify(post(body), ours, receivedAt)).toBe('signature_missing');
    expect(meta.verify(post(body, { 'x-hub-signature-256': `${sign(body)}00` }), ours, receivedAt)).toBe('signature_mismatch');
    expect(meta.verify(post(body, { 'x-hub-signature-256': 'sha256=' }), ours, receivedAt)).toBe('signature_mismatch');
  });
});

describe('the handshake', () => {
  const get = (query: string) =>
    meta.handshake!({ method: 'GET', url: `https://in.example.com/p?${query}`, headers: {}, body: Buffer.alloc(0) }, ours);

  test('gives the challenge back to whoever knows the token', () => {
    expect(get('hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me')).toEqual({
      status: 200,
      contentType: 'text/plain',
      body: '1158201444',
    });
  });

  test('refuses a wrong token, another mode and an account without a token', () => {
    expect(get('hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong')).toBe('refused');
    expect(get('hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-me')).toBe('refused');
    const url = 'https://x/p?hub.mode=subscribe&hub.challenge=1&hub.verify_token=';
    expect(meta.handshake!({ method: 'GET', url, headers: {}, body: Buffer.alloc(0) }, account())).toBe('refused');
  });

  test('leaves a POST alone', () => {
    expect(meta.handshake!(post('{}'), ours)).toBeUndefined();
  });
});

test('several entries, changes, messages and statuses in one request are all read', () => {
  const status = { id: 'wamid.out', status: 'delivered', timestamp: '1749416390', recipient_id: '16505551234' };
  const body = {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: 'waba',
        changes: [
          change({ contacts: [{ profile: { name: 'Ada' }, wa_id: '16505551234' }], messages: [text('wamid.1'), text('wamid.2')] }),
          change({ statuses: [status] }),
        ],
      },
      { id: 'waba', changes: [change({ messages: [text('wamid.3')], statuses: [{ ...status, status: 'read' }] })] },
    ],
  };
  const { messages, receipts, ignored } = meta.parse(post(JSON.stringify(body)), ours, receivedAt);
  expect(messages.map((one) => one.provider_message_id)).toEqual(['wamid.1', 'wamid.2', 'wamid.3']);
  expect(messages[0]).toMatchObject({
    from: '+16505551234',
    to: '+15550101',
    channel: 'whatsapp',
    sent_at: '2025-06-08T20:59:43.000Z',
    contact: { name: 'Ada' },
  });
  expect(receipts.map((one) => one.status)).toEqual(['delivered', 'read']);
  expect(ignored).toBe(0);
});

test('what belongs to another number of the same app is ignored and counted', () => {
  expect(
    parse(change({ messages: [text('wamid.1'), text('wamid.2')] }, 'messages', '999'), change({ messages: [text('wamid.3')] })),
  ).toMatchObject({
    messages: [{ provider_message_id: 'wamid.3' }],
    ignored: 2,
  });
});

test('what is written while another app has the thread (standby) is marked so that nobody answers', () => {
  expect(parse(change({ messages: [text('wamid.1')] }, 'standby')).messages).toMatchObject([{ text: 'text wamid.1', standby: true }]);
  expect(parse(change({ messages: [text('wamid.1')] })).messages[0]).not.toHaveProperty('standby');
});

test('an edit is a message of its own that names the first one; edits of edits end', () => {
  const edit = (message: Item) => ({ type: 'edit', edit: { original_message_id: 'wamid.0', message } });
  expect(parseOne({ ...edit({ type: 'text', text: { body: 'Friday' } }), id: 'wamid.0' }).messages).toMatchObject([
    { text: 'Friday', provider_message_id: expect.stringMatching(/^wamid\.0:edit:/), metadata: { type: 'edit', edit_of: 'wamid.0' } },
  ]);
  expect(parseOne(edit(edit({ type: 'text', text: { body: 'x' } })))).toMatchObject({ messages: [], ignored: 1 });
});

test('a user without a phone number is known by the business-scoped id', () => {
  const person = { profile: { name: 'Ada', username: 'ada' }, user_id: 'US.13491208655302741918' };
  const { messages } = parse(change({ contacts: [person], messages: [{ ...text('wamid.1'), from: undefined }] }));
  expect(messages[0]).toMatchObject({
    from: 'US.13491208655302741918',
    contact: { name: 'Ada', attributes: { whatsapp_user_id: 'US.13491208655302741918', whatsapp_username: 'ada' } },
  });
  expect(parseOne({ ...text('wamid.2'), from: undefined, from_user_id: 'US.1' }).messages[0]!.from).toBe('US.1');
});

test('a colleague who answered from the phone is a human author, threaded by the customer', () => {
  const echo = { from: '15550101', to: '16505551234', id: 'wamid.e', timestamp: 1739321024, type: 'text', text: { body: 'I am on it' } };
  expect(parse(change({ message_echoes: [echo] }, 'smb_message_echoes')).messages).toMatchObject([
    { author: 'human', from: '+16505551234', to: '+15550101', text: 'I am on it', sent_at: '2025-02-12T00:43:44.000Z' },
  ]);
});

test('a failed status tells why: 131047 is the closed window', () => {
  const failed = (code: number) =>
    parse(
      change({
        statuses: [{ id: 'wamid.o', status: 'failed', timestamp: '1', errors: [{ code, title: 'T', error_data: { details: 'D' } }] }],
      }),
    ).receipts[0];
  expect(failed(131047)).toMatchObject({ status: 'failed', error_code: 'window_expired', error_detail: 'D' });
  expect(failed(131026)).toMatchObject({ error_code: 'recipient_unreachable' });
});

test.each<[string, Item, string, Item | undefined]>([
  ['image', { type: 'image', image: { id: '27', mime_type: 'image/jpeg', caption: 'My roof' } }, 'My roof', { type: 'image' }],
  ['button', { type: 'button', button: { text: 'Yes', payload: 'YES' } }, 'Yes', { type: 'button', button_payload: 'YES' }],
  [
    'button reply',
    { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'b1', title: 'Book' } } },
    'Book',
    { type: 'interactive', reply_id: 'b1' },
  ],
  [
    'list reply',
    { type: 'interactive', interactive: { list_reply: { id: 'r1', title: 'Row' } } },
    'Row',
    { type: 'interactive', reply_id: 'r1' },
  ],
  ['reaction', { type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } }, '👍', { type: 'reaction', reaction_to: 'wamid.0' }],
  [
    'location',
    { type: 'location', location: { latitude: 6.5, longitude: 3.4, name: 'Shop' } },
    'Location: Shop (6.5, 3.4)',
    { type: 'location' },
  ],
  [
    'contacts',
    { type: 'contacts', contacts: [{ name: { formatted_name: 'Bo' }, phones: [{ phone: '+1' }] }] },
    'Contact: Bo +1',
    { type: 'contacts' },
  ],
  [
    'order',
    { type: 'order', order: { catalog_id: 'c', product_items: [{}], text: 'asap' } },
    'Order of 1 item: asap',
    { type: 'order', catalog_id: 'c' },
  ],
  [
    'unsupported',
    { type: 'unsupported', errors: [{ code: 131051 }] },
    '[message of a kind that cannot be shown: unsupported]',
    expect.objectContaining({ type: 'unsupported', unsupported: true, raw: expect.objectContaining({ errors: [{ code: 131051 }] }) }),
  ],
  ['reply', { type: 'text', text: { body: 'Yes' }, context: { id: 'wamid.0' } }, 'Yes', { reply_to: 'wamid.0' }],
  ['plain text', { type: 'text', text: { body: 'Hi' } }, 'Hi', undefined],
])('a message of the kind %s is told as text', (_, message, said, metadata) => {
  const [read] = parseOne(message).messages;
  expect(read!.text).toBe(said);
  expect(read!.metadata).toEqual(metadata);
});

test('media are kept as references that the account can fetch', () => {
  const [read] = parseOne({ type: 'document', document: { id: '27', mime_type: 'application/pdf', filename: 'a.pdf' } }).messages;
  expect(read!.attachments).toEqual([
    { url: 'https://graph.facebook.com/v23.0/27', content_type: 'application/pdf', size: 0, name: 'a.pdf' },
  ]);
});

test.each([
  ['a reaction taken back', { type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '' } }],
  ['a change of number', { type: 'system', system: { type: 'user_changed_number' } }],
])('%s says nothing and is counted as ignored', (_, message) => {
  expect(parseOne(message)).toEqual({ messages: [], receipts: [], ignored: 1 });
});

test('a message without an id or without any sender is malformed as a whole: half a webhook is never read', () => {
  expect(() => parse(change({ messages: [text('wamid.1'), { ...text('x'), id: undefined }] }))).toThrow(/malformed_request/);
  expect(() => parseOne({ ...text('wamid.1'), from: undefined })).toThrow(/malformed_request/);
});
