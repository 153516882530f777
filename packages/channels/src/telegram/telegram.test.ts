import { describe, expect, test } from 'vitest';
import { account, outbound, post, receivedAt, sendContext } from '../../test/account.ts';
import type { SendRequest } from '../provider.ts';
import { telegram } from '../telegram.ts';

const token = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const ours = account({ channel: 'telegram', address: '@rosa_bot', credentials: { bot_token: token, secret_token: 'sesame' } });

const ada = { id: 4242, is_bot: false, first_name: 'Ada', last_name: 'L', username: 'ada', language_code: 'pt' };
const grace = { id: 77, is_bot: false, first_name: 'Grace' };
const chat = { id: 4242, type: 'private', first_name: 'Ada' };
const date = 1_749_416_383;
const written = (over: object = {}) => ({ message_id: 7, date, chat, from: ada, ...over });

const parse = (update: object) => telegram.parse(post(JSON.stringify({ update_id: 900, ...update })), ours, receivedAt);
function parseOne(update: object) {
  const { messages, receipts, ignored } = parse(update);
  expect({ count: messages.length, receipts, ignored }).toEqual({ count: 1, receipts: [], ignored: 0 });
  return messages[0]!;
}
const ignores = (update: object) => expect(parse(update)).toEqual({ messages: [], receipts: [], ignored: 1 });

test('a private message becomes one of the customer’s, keyed by chat and number', () => {
  expect(parseOne({ message: written({ text: 'Hi', reply_to_message: { message_id: 5 } }) })).toMatchObject({
    provider: 'telegram',
    channel: 'telegram',
    provider_message_id: '4242:7',
    from: '4242',
    to: '@rosa_bot',
    text: 'Hi',
    author: 'contact',
    sent_at: new Date(date * 1000).toISOString(),
    contact: { name: 'Ada L', attributes: { telegram_username: 'ada', language: 'pt' } },
    metadata: { reply_to: '4242:5' },
  });
});

test('groups, channels and bots are no customers', () => {
  ignores({ message: written({ text: 'x', chat: { id: -100, type: 'supergroup' } }) });
  ignores({ channel_post: { message_id: 1, date, chat: { id: -1, type: 'channel' }, text: 'x' } });
  ignores({ message: written({ text: 'x', from: { ...ada, is_bot: true } }) });
  ignores({ poll: { id: '1' } });
});

test.each([
  [{ photo: [{ file_id: 'small' }, { file_id: 'big', file_size: 9 }], caption: 'Look' }, 'Look', ['image/jpeg', 'big', 9, '']],
  [{ document: { file_id: 'd', mime_type: 'application/pdf', file_name: 'a.pdf' } }, '', ['application/pdf', 'd', 0, 'a.pdf']],
  [{ voice: { file_id: 'v' } }, '', ['audio/ogg', 'v', 0, '']],
  [{ sticker: { file_id: 's', emoji: '🐈' } }, '🐈', ['image/webp', 's', 0, '']],
])('a file is a reference that holds no secret: %o', (what, text, [type, id, size, name]) => {
  const message = parseOne({ message: written(what) });
  expect(message.text).toBe(text);
  expect(message.attachments).toEqual([{ url: `https://api.telegram.org/getFile?file_id=${id}`, content_type: type, size, name }]);
});

test.each([
  [{ location: { latitude: 1.5, longitude: -2 } }, 'Location: (1.5, -2)'],
  [{ venue: { location: { latitude: 1, longitude: 2 }, title: 'Bar', address: 'Rua 1' }, location: {} }, 'Location: Bar, Rua 1 (1, 2)'],
  [{ contact: { first_name: 'Bob', phone_number: '+49' } }, 'Contact: Bob +49'],
])('places and contacts are texts: %o', (what, text) => {
  expect(parseOne({ message: written(what) }).text).toBe(text);
});

test('a kind that nobody knows is kept with what came; what nobody said is not', () => {
  const message = parseOne({ message: written({ hologram: { depth: 3 } }) });
  expect(message.text).toBe('[message of a kind that cannot be shown: hologram]');
  expect(message.metadata).toMatchObject({ type: 'hologram', unsupported: true, raw: { hologram: { depth: 3 } } });
  ignores({ message: written({ pinned_message: {} }) });
});

test('an edit is a message of its own that names the first one', () => {
  expect(parseOne({ edited_message: written({ text: 'Friday!', edit_date: date + 9 }) })).toMatchObject({
    provider_message_id: `4242:7:edit:${date + 9}`,
    text: 'Friday!',
    metadata: { type: 'edit', edit_of: '4242:7' },
  });
  ignores({ edited_message: written({ location: { latitude: 1, longitude: 2 }, edit_date: date }) });
});

test('a press on a button says what stands on it', () => {
  const message = written({
    from: { id: 110201543, is_bot: true },
    reply_markup: {
      inline_keyboard: [
        [
          { text: 'Yes', callback_data: 'y' },
          { text: 'No', callback_data: 'n' },
        ],
      ],
    },
  });
  expect(parseOne({ callback_query: { id: '33', from: ada, message, data: 'n' } })).toMatchObject({
    provider_message_id: 'callback:33',
    text: 'No',
    from: '4242',
    metadata: { type: 'button', button_payload: 'n' },
  });
});

test('a reaction is its emoji; taken back it is nothing', () => {
  const reaction = { chat, message_id: 6, user: ada, date, old_reaction: [], new_reaction: [{ type: 'emoji', emoji: '👍' }] };
  expect(parseOne({ message_reaction: reaction })).toMatchObject({ text: '👍', metadata: { reaction_to: '4242:6' } });
  ignores({ message_reaction: { ...reaction, new_reaction: [] } });
});

test('blocking the bot opts out, unblocking it opts in', () => {
  const member = (before: string, now: string) => ({
    my_chat_member: { chat, from: ada, date, old_chat_member: { status: before }, new_chat_member: { status: now } },
  });
  expect(parseOne(member('member', 'kicked'))).toMatchObject({ provider_opt_out: 'stop', from: '4242', provider_message_id: 'member:900' });
  expect(parseOne(member('kicked', 'member'))).toMatchObject({ provider_opt_out: 'start' });
  ignores(member('left', 'member'));
});

describe('a connected account of a firm', () => {
  const business = (over: object = {}) => ({ business_message: written({ business_connection_id: 'bc-1', text: 'Hi', ...over }) });

  test('has chats of its own, apart from those with the bot', () => {
    expect(parseOne(business())).toMatchObject({ from: '4242@bc-1', provider_message_id: '4242@bc-1:7', author: 'contact' });
  });

  test('its owner’s words are an echo of a colleague: a takeover', () => {
    const echo = parseOne(business({ from: grace, text: 'I have it' }));
    expect(echo).toMatchObject({ from: '4242@bc-1', author: 'human', text: 'I have it' });
    expect(echo.contact).toBeUndefined();
    expect(parseOne(business({ from: grace, sender_business_bot: { id: 5 } })).author).toBe('human');
  });

  test('our own words and automatic notices are none', () => {
    ignores(business({ from: grace, sender_business_bot: { id: 110201543 } }));
    ignores(business({ from: grace, is_from_offline: true }));
  });
});

describe('sending', () => {
  const request = (over: Parameters<typeof outbound>[0]): { method: string; body: unknown } => {
    const built = telegram.buildSend(outbound({ channel: 'telegram', to: '4242', ...over }), ours, sendContext);
    if (built.kind !== 'request') throw new Error(JSON.stringify(built));
    return { method: methodOf(built.request), body: JSON.parse(built.request.body) };
  };
  const methodOf = ({ url }: SendRequest) => {
    expect(url.startsWith(`https://api.telegram.org/bot${token}/`)).toBe(true);
    return url.split('/').at(-1)!;
  };
  const file = (contentType: string) => [{ url: 'https://x/f', contentType, size: 0, name: '' }];

  test('a text goes to the chat, and through the connection where there is one', () => {
    expect(request({ text: 'Hi' })).toEqual({ method: 'sendMessage', body: { chat_id: 4242, text: 'Hi' } });
    expect(request({ to: '4242@bc-1', text: 'Hi' }).body).toEqual({ chat_id: 4242, business_connection_id: 'bc-1', text: 'Hi' });
  });

  test.each([
    ['image/jpeg', 'sendPhoto', 'photo'],
    ['image/gif', 'sendAnimation', 'animation'],
    ['video/mp4', 'sendVideo', 'video'],
    ['audio/ogg; codecs=opus', 'sendVoice', 'voice'],
    ['audio/mpeg', 'sendAudio', 'audio'],
    ['application/pdf', 'sendDocument', 'document'],
  ])('%s goes by %s', (type, method, field) => {
    expect(request({ text: 'See', attachments: file(type) })).toEqual({
      method,
      body: { chat_id: 4242, [field]: 'https://x/f', caption: 'See' },
    });
  });

  test('what Telegram would refuse is not asked', () => {
    const code = (over: Parameters<typeof outbound>[0]) =>
      telegram.buildSend(outbound({ channel: 'telegram', to: '4242', ...over }), ours, sendContext);
    expect(code({ text: 'x'.repeat(4097) })).toMatchObject({ code: 'text_too_long' });
    expect(code({ text: 'x'.repeat(1025), attachments: file('image/png') })).toMatchObject({ code: 'text_too_long' });
    expect(code({ attachments: [...file('a/b'), ...file('a/b')] })).toMatchObject({ code: 'too_many_attachments' });
    expect(code({ to: '@ada' })).toMatchObject({ code: 'recipient_invalid' });
    expect(telegram.buildSend(outbound({ to: '1' }), account(), sendContext)).toMatchObject({ code: 'channel_misconfigured' });
  });

  test.each([
    [200, { ok: true, result: { message_id: 9, chat: { id: 4242 } } }, { kind: 'sent', providerMessageId: '4242:9' }],
    [
      200,
      { ok: true, result: { message_id: 9, chat: { id: 4242 }, business_connection_id: 'bc-1' } },
      { providerMessageId: '4242@bc-1:9' },
    ],
    [200, { ok: true, result: true }, { kind: 'unknown' }],
    [429, { ok: false, parameters: { retry_after: 35 } }, { kind: 'retry', afterMs: 35_000 }],
    [403, { description: 'Forbidden: bot was blocked by the user' }, { kind: 'failed', code: 'recipient_blocked' }],
    [403, { description: "Forbidden: bot can't initiate conversation with a user" }, { code: 'recipient_unreachable' }],
    [400, { description: 'Bad Request: chat not found' }, { code: 'recipient_invalid' }],
    [400, { description: 'Bad Request: failed to get HTTP URL content' }, { code: 'attachment_refused' }],
    [400, { description: 'Bad Request: something new' }, { code: 'telegram_400' }],
    [401, { description: 'Unauthorized' }, { code: 'channel_unauthorized' }],
    [404, { description: 'Not Found' }, { code: 'channel_unauthorized' }],
    [502, {}, { kind: 'unknown' }],
  ])('%i %o', (status, body, expected) => {
    expect(telegram.readSendAnswer(status, {}, JSON.stringify(body), 'msg_1')).toMatchObject(expected);
  });

  test('typing is shown in the same chat', () => {
    const sign = telegram.buildTyping!({ channel: 'telegram', from: '', to: '4242@bc-1', inboundId: '', metadata: {} }, ours)!;
    expect(methodOf(sign)).toBe('sendChatAction');
    expect(JSON.parse(sign.body)).toEqual({ chat_id: 4242, business_connection_id: 'bc-1', action: 'typing' });
  });
});

describe('a file’s bytes', () => {
  const reference = 'https://api.telegram.org/getFile?file_id=a%2Fb';

  test('are asked for in two steps, with the token in neither reference', () => {
    const source = telegram.mediaSource!(reference, ours)!;
    expect(source).toMatchObject({ kind: 'lookup', request: { url: `https://api.telegram.org/bot${token}/getFile?file_id=a%2Fb` } });
    if (source.kind !== 'lookup') throw new Error(source.kind);
    expect(source.found('{"ok":true,"result":{"file_path":"photos/file_1.jpg"}}')).toEqual({
      url: `https://api.telegram.org/file/bot${token}/photos/file_1.jpg`,
      headers: {},
    });
  });

  test('are asked of Telegram alone, and of no path outside the bot’s folder', () => {
    expect(telegram.mediaSource!('https://evil.example/getFile?file_id=1', ours)).toBeUndefined();
    const source = telegram.mediaSource!(reference, ours)!;
    if (source.kind !== 'lookup') throw new Error(source.kind);
    for (const path of ['../other', 'a/../../b', 'a?b', '', '//evil', '/etc/passwd'])
      expect(source.found(JSON.stringify({ result: { file_path: path } })), path).toBeUndefined();
    expect(source.found('nonsense')).toBeUndefined();
  });
});
