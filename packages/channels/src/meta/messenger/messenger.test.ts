import { describe, expect, test } from 'vitest';
import { account, outbound, post, receivedAt, sendContext } from '../../../test/account.ts';
import { meta } from '../../meta.ts';
import type { Account } from '../../provider.ts';

const credentials = { app_secret: 's', verify_token: 'v', access_token: 'EAA', page_id: '1906385232743451' };
const page = account({ channel: 'facebook', address: '1906385232743451', credentials });
const gram = account({ channel: 'instagram', address: '17841400000000000', credentials: { ...credentials, page_id: '17841400000000000' } });
const messageId = outbound().messageId;

type Item = Record<string, unknown>;
const timestamp = 1_749_416_383_351;
const from = (item: Item) => ({ sender: { id: '10' }, recipient: { id: '1906385232743451' }, timestamp, ...item });
const to = (item: Item) => ({ sender: { id: '1906385232743451' }, recipient: { id: '10' }, timestamp, ...item });

function parse(entry: Item, ours: Account = page) {
  const object = ours.channel === 'facebook' ? 'page' : 'instagram';
  return meta.parse(post(JSON.stringify({ object, entry: [{ id: ours.address, time: timestamp, ...entry }] })), ours, receivedAt);
}
const one = (item: Item, ours?: Account) => parse({ messaging: [from(item)] }, ours).messages[0];

test('a text becomes a message of the person, by the page’s id', () => {
  expect(one({ message: { mid: 'm_1', text: 'Hi', reply_to: { mid: 'm_0' } } })).toMatchObject({
    provider: 'meta',
    channel: 'facebook',
    provider_message_id: 'm_1',
    from: '10',
    to: '1906385232743451',
    text: 'Hi',
    author: 'contact',
    sent_at: new Date(timestamp).toISOString(),
    metadata: { reply_to: 'm_0' },
  });
  expect(one({ message: { mid: 'm_1', text: 'Hi' } }, gram)).toMatchObject({ channel: 'instagram', to: gram.address });
});

test('what belongs to other pages and products of the same app is ignored and counted', () => {
  const body = (object: string, id: string) =>
    JSON.stringify({ object, entry: [{ id, messaging: [from({ message: { mid: 'm', text: 'x' } })] }] });
  for (const [object, id] of [
    ['page', '999'],
    ['instagram', page.address],
    ['whatsapp_business_account', page.address],
    ['toString', page.address],
  ] as const)
    expect(meta.parse(post(body(object, id)), page, receivedAt)).toEqual({ messages: [], receipts: [], ignored: 1 });
});

test.each<[Item, string, unknown]>([
  [{ text: 'Yes', quick_reply: { payload: 'Y' } }, 'Yes', { button_payload: 'Y' }],
  [
    { attachments: [{ type: 'location', title: 'Bar', payload: { coordinates: { lat: 1, long: 2 } } }] },
    'Location: Bar (1, 2)',
    { type: 'location' },
  ],
  [{ attachments: [{ type: 'fallback', title: 'News', url: 'https://x/y' }] }, 'News https://x/y', { type: 'link' }],
  [{ attachments: [{ type: 'story_mention', payload: { url: 'https://x/s' } }] }, '[mentioned you in a story]', { type: 'story_mention' }],
  [{ text: 'Nice', reply_to: { story: { id: '7', url: 'https://x/s' } } }, 'Nice', { story: { id: '7', url: 'https://x/s' } }],
  [{ is_unsupported: true }, '[message of a kind that cannot be shown: unsupported]', { unsupported: true }],
  [
    { attachments: [{ type: 'hologram', payload: {} }] },
    '[message of a kind that cannot be shown: hologram]',
    { raw: { type: 'hologram' } },
  ],
  [{ text: 'Ad', referral: { source: 'ADS', ad_id: '6' } }, 'Ad', { referral: { source: 'ADS', ad_id: '6' } }],
])('%o is told as text', (message, text, metadata) => {
  expect(one({ message: { mid: 'm_1', ...message } })).toMatchObject({ text, metadata });
});

test('files are references', () => {
  const attachments = ['image', 'file'].map((type) => ({ type, payload: { url: `https://cdn.example/${type}` } }));
  expect(one({ message: { mid: 'm_1', attachments } })).toMatchObject({
    text: '',
    attachments: [
      { url: 'https://cdn.example/image', content_type: 'image/jpeg' },
      { url: 'https://cdn.example/file', content_type: 'application/octet-stream' },
    ],
  });
});

test('presses, reactions and edits are messages; what is taken back is none', () => {
  expect(one({ postback: { mid: 'm_2', title: 'Start', payload: 'GO' } })).toMatchObject({ text: 'Start', provider_message_id: 'm_2' });
  expect(one({ postback: { title: 'Start' } })).toMatchObject({ provider_message_id: `postback:10:${timestamp}` });
  expect(one({ reaction: { mid: 'm_1', action: 'react', emoji: '❤' } })).toMatchObject({ text: '❤', metadata: { reaction_to: 'm_1' } });
  expect(one({ message_edit: { mid: 'm_1', text: 'Friday', num_edit: 2 } })).toMatchObject({
    provider_message_id: 'm_1:edit:2',
    metadata: { edit_of: 'm_1' },
  });
  const nothing = [{ reaction: { mid: 'm_1', action: 'unreact' } }, { message: { mid: 'm_1', is_deleted: true } }, { optin: {} }];
  expect(parse({ messaging: nothing.map(from) })).toMatchObject({ messages: [], ignored: 3 });
});

describe('an echo', () => {
  const echo = (message: Item, ours?: Account) => parse({ messaging: [to({ message: { mid: 'm_9', is_echo: true, ...message } })] }, ours);

  test('of somebody else is a colleague’s answer', () => {
    for (const message of [{ text: 'Mine' }, { text: 'Mine', app_id: 263902037430900 }, { text: 'Mine', metadata: 'crm-1' }])
      expect(echo(message)).toMatchObject({ messages: [{ author: 'human', from: '10', text: 'Mine' }], receipts: [] });
  });

  test('of our own send is a receipt that names it, whether or not its answer has come', () => {
    const receipt = { status: 'sent', provider_message_id: 'm_9', message_id: messageId };
    expect(echo({ text: 'Ours', metadata: messageId })).toMatchObject({ messages: [], receipts: [receipt] });
    const known = { ...gram, credentials: { ...gram.credentials, app_id: '42' } };
    expect(echo({ text: 'Ours', app_id: 42 }, known)).toMatchObject({ messages: [], receipts: [{ message_id: '' }] });
  });

  test('while another app has the thread is one all the same, and what the customer says then is marked', () => {
    const standby = [to({ message: { mid: 'm_9', is_echo: true, text: 'Inbox' } }), from({ message: { mid: 'm_8', text: 'Hi' } })];
    expect(parse({ standby }).messages).toMatchObject([
      { author: 'human', standby: true },
      { author: 'contact', standby: true },
    ]);
  });
});

test('a watermark is a receipt for all that left before it; ids beside it are receipts of their own', () => {
  const { receipts } = parse({
    messaging: [from({ delivery: { mids: ['m_5'], watermark: timestamp } }), from({ read: { watermark: timestamp + 1 } })],
  });
  expect(receipts).toMatchObject([
    { provider_message_id: 'm_5', status: 'delivered' },
    {
      provider_message_id: `until:10:${timestamp}`,
      status: 'delivered',
      agent_id: page.agentId,
      from: '10',
      occurred_at: new Date(timestamp).toISOString(),
    },
    { status: 'read', from: '10', occurred_at: new Date(timestamp + 1).toISOString() },
  ]);
  expect(receipts[0]).not.toHaveProperty('from');
});

describe('sending', () => {
  const build = (over: Parameters<typeof outbound>[0], ours: Account = page) =>
    meta.buildSend(outbound({ channel: ours.channel, to: '10', ...over }), ours, sendContext);
  const bodyOf = (over: Parameters<typeof outbound>[0], ours?: Account) => {
    const built = build(over, ours);
    return built.kind === 'request' ? JSON.parse(built.request.body) : built;
  };
  const file = { url: 'https://x/f', contentType: 'application/pdf', size: 0, name: '' };
  const expired = new Date(receivedAt.getTime() - 1);

  test('goes to the page’s or account’s messages, ours marked where the echo brings it back', () => {
    expect(build({})).toMatchObject({ request: { url: `https://graph.facebook.com/v23.0/${page.address}/messages` } });
    expect(build({}, gram)).toMatchObject({ request: { url: `https://graph.instagram.com/v23.0/${gram.address}/messages` } });
    expect(bodyOf({ text: 'Hi' })).toEqual({
      recipient: { id: '10' },
      messaging_type: 'RESPONSE',
      message: { text: 'Hi', metadata: messageId },
    });
    expect(bodyOf({ text: 'Hi' }, gram).message).toEqual({ text: 'Hi' });
    expect(bodyOf({ text: '', attachments: [file] }).message).toMatchObject({
      attachment: { type: 'file', payload: { url: 'https://x/f' } },
    });
  });

  test('after the window only a person may write, under Meta’s tag for people', () => {
    const late = { windowExpiresAt: expired };
    expect(bodyOf({ ...late, author: 'human' })).toMatchObject({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
    for (const author of ['ai', 'sequence', 'system'])
      expect(build({ ...late, author })).toMatchObject({ kind: 'failed', code: 'window_expired' });
    expect(bodyOf({ windowExpiresAt: new Date(receivedAt.getTime() + 1), author: 'human' })).toMatchObject({ messaging_type: 'RESPONSE' });
  });

  test('what Meta would refuse is not asked', () => {
    expect(build({ text: 'x'.repeat(2001) })).toMatchObject({ code: 'text_too_long' });
    expect(build({ text: 'ß'.repeat(501) }, gram)).toMatchObject({ code: 'text_too_long' });
    expect(build({ text: 'With', attachments: [file] })).toMatchObject({ code: 'caption_unsupported' });
    expect(build({ template: { name: 'x', languageCode: 'en', parameters: [], components: [] } })).toMatchObject({
      code: 'template_unsupported',
    });
    expect(build({}, { ...page, credentials: {} })).toMatchObject({ code: 'channel_misconfigured' });
  });

  test('the answer is one id; subcodes tell what a code means', () => {
    const answer = (status: number, body: unknown) => meta.readSendAnswer(status, {}, JSON.stringify(body), 'msg_1');
    expect(answer(200, { recipient_id: '10', message_id: 'm_3' })).toEqual({ kind: 'sent', providerMessageId: 'm_3' });
    expect(answer(400, { error: { code: 10, error_subcode: 2018278 } })).toMatchObject({ code: 'window_expired' });
    expect(answer(400, { error: { code: 10 } })).toMatchObject({ code: 'channel_unauthorized' });
    expect(answer(400, { error: { code: 551 } })).toMatchObject({ code: 'recipient_unreachable' });
    expect(answer(400, { error: { code: 613 } })).toMatchObject({ kind: 'retry' });
  });

  test('the typing sign goes by sender_action', () => {
    const target = { channel: 'facebook' as const, from: '', to: '10', inboundId: '', metadata: {} };
    expect(JSON.parse(meta.buildTyping!(target, page)!.body)).toEqual({ recipient: { id: '10' }, sender_action: 'typing_on' });
  });
});
