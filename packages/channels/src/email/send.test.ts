import { mailIdOf } from '@baton/contracts/mail-id.ts';
import { expect, test } from 'vitest';
import { account, outbound, sendContext } from '../../test/account.ts';
import { mailAccount } from '../../test/mails.ts';
import { email } from '../email.ts';
import type { OutboundMail } from '../provider.ts';
import { readSmtpFault } from './smtp-answer.ts';

const ours = mailAccount('mailgun');
const message = (over = {}) => outbound({ channel: 'email', to: 'ada@example.org', from: 'desk@example.com', text: 'Yes.', ...over });

function mailOf(over = {}, at = ours): OutboundMail {
  const built = email.buildSend(message(over), at, sendContext);
  if (built.kind !== 'mail') throw new Error(JSON.stringify(built));
  return built.mail;
}

const thread = (subject: string, references: string[] = ['a@b', 'c@d']) => ({ metadata: { email: { subject, references } } });

test('a mail goes to the customer in its thread, under an id made of ours', () => {
  expect(mailOf(thread('Flat 12'))).toMatchObject({
    messageId: mailIdOf(message().messageId, 'desk@example.com'),
    from: { address: 'desk@example.com', name: 'Flat Desk' },
    to: 'ada@example.org',
    subject: 'Re: Flat 12',
    references: ['a@b', 'c@d'],
    replyTo: undefined,
  });
});

test.each([
  ['Flat 12', 'Re: Flat 12'],
  ['RE: Flat 12', 'RE: Flat 12'],
  ['AW: Wohnung', 'AW: Wohnung'],
  ['Flat\r\nBcc: all@example.org', 'Re: Flat Bcc: all@example.org'],
])('the subject %j is answered by %j', (subject, answer) => {
  expect(mailOf(thread(subject)).subject).toBe(answer);
});

test('a mail that begins a thread has the subject of the conversation, or its first line', () => {
  expect(mailOf(thread('Your viewing', [])).subject).toBe('Your viewing');
  expect(mailOf({ text: 'Hello Ada,\nwe have news.' }).subject).toBe('Hello Ada,');
});

test('who writes from another address is answered at ours', () => {
  const smtp = { ...(ours.credentials['smtp'] as object), from: 'relay@other.example' };
  const other = account({ ...ours, credentials: { ...ours.credentials, smtp } });
  expect(mailOf({}, other)).toMatchObject({ from: { address: 'relay@other.example' }, replyTo: 'desk@example.com' });
});

test('what no person wrote says so, and a series can be left', () => {
  expect(mailOf({ author: 'human' }).headers).not.toHaveProperty('Auto-Submitted');
  expect(mailOf({ author: 'ai' }).headers).toMatchObject({ 'Auto-Submitted': 'auto-replied' });
  expect(mailOf({ author: 'sequence' }).headers).toMatchObject({
    'Auto-Submitted': 'auto-generated',
    'List-Unsubscribe': '<mailto:desk@example.com?subject=unsubscribe>',
  });
});

test('the HTML is the text, and nothing in it is taken for HTML', () => {
  expect(mailOf({ text: 'See https://example.com/a?b=1&c=2.\n<script>"x"</script>' }).html).toBe(
    '<div>See <a href="https://example.com/a?b=1&amp;c=2">https://example.com/a?b=1&amp;c=2</a>.<br>\n&lt;script&gt;&quot;x&quot;&lt;/script&gt;</div>',
  );
});

test.each([
  ['no way out', { credentials: {} }, {}, 'channel_misconfigured'],
  ['half a login', { credentials: { smtp: { host: 'h', user: 'u' } } }, {}, 'channel_misconfigured'],
  ['no address', {}, { to: 'ada' }, 'recipient_invalid'],
  ['an address with a header in it', {}, { to: 'ada@example.org\nBcc: x@y.z' }, 'recipient_invalid'],
  ['too long a text', {}, { text: 'x'.repeat(65_537) }, 'text_too_long'],
])('nothing leaves with %s', (_, at, over, code) => {
  expect(email.buildSend(message(over), account({ ...ours, ...at }), sendContext)).toMatchObject({ kind: 'failed', code });
});

const fault = (over: object) => readSmtpFault({ reply: undefined, code: 'ECONNECTION', text: 'x', dataSent: false, ...over });

test.each([
  ['a login for now', { code: 'EAUTH', reply: 454 }, { kind: 'retry' }],
  ['a login for good', { code: 'EAUTH', reply: 535 }, { kind: 'failed', code: 'channel_unauthorized' }],
  ['no encryption', { code: 'ETLS' }, { kind: 'failed', code: 'channel_misconfigured' }],
  ['a full mailbox', { reply: 552, text: '552 5.2.2 Mailbox full' }, { kind: 'failed', code: 'recipient_unreachable' }],
  ['too large a mail', { reply: 552, text: '552 5.3.4 Too big' }, { kind: 'failed', code: 'attachment_refused' }],
  ['an error after the bytes', { reply: 451, dataSent: true }, { kind: 'retry', reason: 'smtp_451' }],
  ['silence after the bytes', { code: 'ETIMEDOUT', dataSent: true }, { kind: 'unknown' }],
  ['silence before them', { code: 'ETIMEDOUT' }, { kind: 'retry', reason: 'etimedout' }],
] as const)('%s means what it says', (_, over, meaning) => {
  expect(fault(over)).toMatchObject(meaning);
});
