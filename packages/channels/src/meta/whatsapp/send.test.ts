import { expect, test } from 'vitest';
import { account, outbound, sendContext } from '../../../test/account.ts';
import { meta } from '../../meta.ts';

const ours = account({ channel: 'whatsapp', credentials: { phone_number_id: '1065', access_token: 'EAA' } });

function bodyOf(over: Parameters<typeof outbound>[0] = {}): unknown {
  const built = meta.buildSend(outbound({ channel: 'whatsapp', ...over }), ours, sendContext);
  return built.kind === 'request' ? JSON.parse(built.request.body) : built;
}

test('a text goes to the messages endpoint of the number', () => {
  expect(meta.buildSend(outbound(), ours, sendContext)).toMatchObject({
    request: { url: 'https://graph.facebook.com/v23.0/1065/messages', headers: { authorization: 'Bearer EAA' } },
  });
  expect(bodyOf()).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '14155550123',
    type: 'text',
    text: { body: 'Your appointment is at 3.', preview_url: false },
  });
});

test('a business-scoped user id is addressed by its own field', () => {
  const body = bodyOf({ to: 'US.13491208655302741918' });
  expect(body).toMatchObject({ recipient: 'US.13491208655302741918' });
  expect(body).not.toHaveProperty('to');
});

test('a file carries the text as its caption, a template its parameters', () => {
  const file = { url: 'https://files.example.com/a.pdf', contentType: 'application/pdf', size: 1, name: 'a.pdf' };
  expect(bodyOf({ attachments: [file] })).toMatchObject({
    type: 'document',
    document: { link: file.url, caption: 'Your appointment is at 3.', filename: 'a.pdf' },
  });
  expect(bodyOf({ template: { name: 'reminder', languageCode: 'en_US', parameters: ['Ada'], components: [] } })).toMatchObject({
    type: 'template',
    template: {
      name: 'reminder',
      language: { code: 'en_US' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ada' }] }],
    },
  });
});

test('what WhatsApp has no form for fails before anything is sent', () => {
  const file = { url: 'https://files.example.com/a', contentType: 'audio/ogg', size: 1, name: 'a' };
  expect(bodyOf({ attachments: [file] })).toMatchObject({ kind: 'failed', code: 'caption_unsupported' });
  expect(bodyOf({ attachments: [file, file] })).toMatchObject({ kind: 'failed', code: 'too_many_attachments' });
  expect(bodyOf({ text: 'x'.repeat(4097) })).toMatchObject({ kind: 'failed', code: 'text_too_long' });
  expect(meta.buildSend(outbound(), account(), sendContext)).toMatchObject({ kind: 'failed', code: 'channel_misconfigured' });
});

const answer = (status: number, body: unknown) => meta.readSendAnswer(status, {}, JSON.stringify(body), 'msg_1');

test('the answers are told apart by what they say about the customer having it', () => {
  expect(answer(200, { messaging_product: 'whatsapp', messages: [{ id: 'wamid.1' }] })).toEqual({
    kind: 'sent',
    providerMessageId: 'wamid.1',
  });
  expect(answer(200, {})).toMatchObject({ kind: 'unknown' });
  expect(answer(400, { error: { code: 131047, message: 'm' } })).toMatchObject({ kind: 'failed', code: 'window_expired' });
  expect(answer(401, { error: { code: 190, message: 'm' } })).toMatchObject({ kind: 'failed', code: 'channel_unauthorized' });
  expect(answer(400, { error: { code: 130429, message: 'm' } })).toMatchObject({ kind: 'retry', limited: 'account' });
  expect(answer(429, { error: { code: 131056 } })).toMatchObject({ kind: 'retry', afterMs: 6000, limited: 'pair' });
  expect(answer(500, { error: { code: 131000 } })).toMatchObject({ kind: 'unknown' });
  expect(answer(404, '<html>')).toMatchObject({ kind: 'failed', code: 'meta_http_404' });
});

test('the typing sign rides on "read", which names the customer’s message', () => {
  const target = { channel: 'whatsapp' as const, from: '', to: '+1', inboundId: 'wamid.7', metadata: {} };
  expect(JSON.parse(meta.buildTyping!(target, ours)!.body)).toEqual({
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: 'wamid.7',
    typing_indicator: { type: 'text' },
  });
  expect(meta.buildTyping!({ ...target, inboundId: '' }, ours)).toBeUndefined();
});

test('a template’s own components go as they are; parameters fill the body where none does', () => {
  const header = { type: 'header', parameters: [{ type: 'image', image: { link: 'https://x/a.jpg' } }] };
  const body = { type: 'body', parameters: [{ type: 'text', text: 'Ada' }] };
  const components = (given: object[], parameters: string[]) =>
    bodyOf({ template: { name: 'x', languageCode: 'en', parameters, components: given as { [key: string]: unknown }[] } });
  expect(components([header], ['Ada'])).toMatchObject({ template: { components: [header, body] } });
  expect(components([header, body], ['Bob'])).toMatchObject({ template: { components: [header, body] } });
  expect(components([], [])).not.toHaveProperty('template.components');
});

test('a file’s bytes are asked for with the token, of Meta alone', () => {
  const source = meta.mediaSource!('https://graph.facebook.com/v23.0/27', ours)!;
  expect(source).toMatchObject({ request: { url: 'https://graph.facebook.com/v23.0/27', headers: { authorization: 'Bearer EAA' } } });
  if (source.kind !== 'lookup') throw new Error(source.kind);
  expect(source.found('{"url":"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=27"}')).toMatchObject({
    headers: { authorization: 'Bearer EAA' },
  });
  for (const url of ['https://evil.example/', 'https://fbsbx.com.evil.example/', 'http://lookaside.fbsbx.com/x', ''])
    expect(source.found(JSON.stringify({ url })), url).toBeUndefined();
  expect(meta.mediaSource!('https://cdn.example/27', ours)).toBeUndefined();
});
