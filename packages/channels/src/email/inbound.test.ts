import { newId } from '@baton/contracts/ids.ts';
import { describe, expect, test } from 'vitest';
import { post, receivedAt } from '../../test/account.ts';
import {
  fromMailgun,
  fromPostmark,
  mailAccount,
  mailgunForm,
  mailgunKey,
  mailgunSignature,
  mailSecret,
  postmarkJson,
  receive,
  type TestMail,
  withSecret,
} from '../../test/mails.ts';
import { email } from '../email.ts';

const png = { name: 'plan.png', type: 'image/png', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 13, 10]) };

describe.each([
  ['Mailgun', fromMailgun],
  ['Postmark', fromPostmark],
])('a mail from %s', (_, from) => {
  const one = async (mail: TestMail) => (await from(mail)).messages[0]!;

  test('is one message of its sender, under its Message-ID', async () => {
    expect(await one({ text: 'Is it free?', headers: [['In-Reply-To', '<x@y>']] })).toMatchObject({
      channel: 'email',
      provider: 'email',
      provider_message_id: 'm1@example.org',
      from: 'ada@example.org',
      to: 'desk@example.com',
      text: 'Is it free?',
      contact: { name: 'Ada Lovelace', email: 'ada@example.org' },
      mail: { subject: 'Viewing', references: ['x@y'] },
      metadata: { subject: 'Viewing' },
    });
  });

  test('that begins a thread has its subject above the text, where it says something', async () => {
    expect((await one({ subject: 'Flat 12', text: 'Is it free?' })).text).toBe('Flat 12\n\nIs it free?');
    expect((await one({ subject: 'Flat 12', text: 'STOP' })).text).toBe('STOP');
    expect((await one({ subject: 'unsubscribe', text: '' })).text).toBe('unsubscribe');
    expect((await one({ subject: '', text: '' })).text).toBe('[empty mail]');
  });

  test('is read without what it answers, by the service or by us', async () => {
    const quoted = 'Yes.\n\nOn Tue, May 12, 2026 at 3:04 PM Desk <desk@example.com> wrote:\n> Tuesday?\n';
    const re = { subject: 'Re: Viewing', headers: [['References', '<a@b> <c@d>']] as [string, string][] };
    expect((await one({ ...re, text: quoted })).text).toBe('Yes.');
    expect((await one({ ...re, text: quoted, stripped: 'Yes, indeed.' })).text).toBe('Yes, indeed.');
    expect((await one({ ...re, text: '', html: '<p>Yes &amp; no</p><blockquote>Tuesday?</blockquote>' })).text).toBe('Yes & no');
  });

  test('names what it answers: references in their order, ours by its own id', async () => {
    const id = newId('message');
    const message = await one({
      text: 'x',
      headers: [
        ['References', `<a@b>\r\n <${id}@example.com>`],
        ['In-Reply-To', `<${id}@example.com>`],
      ],
    });
    expect(message.mail?.references).toEqual(['a@b', `${id}@example.com`]);
    expect(message.metadata).toMatchObject({ reply_to: id });
  });

  test('shows what the receiving service found out about its sender', async () => {
    const results: [string, string] = [
      'Authentication-Results',
      'mx.example; dkim=pass header.i=@example.org; spf=Fail smtp.mailfrom=x; dmarc=none',
    ];
    expect((await one({ text: 'x', headers: [results, ['X-Spam-Status', 'Yes, score=9']] })).metadata).toMatchObject({
      authentication: { spf: 'fail', dkim: 'pass', dmarc: 'none' },
      spam: true,
    });
    expect((await one({ text: 'x', headers: [['X-Mailgun-Spf', 'Pass']] })).metadata).toMatchObject({ authentication: { spf: 'pass' } });
    expect((await one({ text: 'x' })).metadata).toEqual({ subject: 'Viewing' });
  });

  test('brings its files along: kept under addresses that cannot be guessed and that a repeat has again', async () => {
    const { messages, files } = await from({ text: 'The plan', files: [png] });
    const [attachment] = messages[0]!.attachments;
    expect(files).toEqual([{ id: expect.stringMatching(/^[\w-]{43}$/), name: 'plan.png', contentType: 'image/png', bytes: png.bytes }]);
    expect(attachment).toEqual({
      url: `https://in.example.com/files/chn_01hzzzzzzzzzzzzzzzzzzzzzzz/${files![0]!.id}`,
      content_type: 'image/png',
      size: png.bytes.length,
      name: 'plan.png',
    });
    expect((await from({ text: 'The plan', files: [png] })).messages[0]!.attachments).toEqual(messages[0]!.attachments);
    const other = { ...png, bytes: Buffer.from('other') };
    expect((await from({ text: 'The plan', files: [other] })).files![0]!.id).not.toBe(files![0]!.id);
  });

  test('with more files than a message may have says how many are missing', async () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ ...png, name: `${index}.png` }));
    const { messages } = await from({ text: 'x', files: many });
    expect(messages[0]!.attachments).toHaveLength(10);
    expect(messages[0]!.metadata).toMatchObject({ attachments_dropped: 2 });
  });

  test('is answered where it asks to be (a form on a website writes for its visitor), but never at our own address', async () => {
    const header = from === fromMailgun ? 'Reply-To' : 'X-None';
    if (header === 'X-None') return;
    expect(await one({ from: 'forms@site.example', text: 'x', headers: [['Reply-To', 'Bo <bo@example.org>']] })).toMatchObject({
      from: 'bo@example.org',
      metadata: { header_from: 'forms@site.example' },
    });
    expect((await one({ text: 'x', headers: [['Reply-To', 'desk+x@example.com']] })).from).toBe('ada@example.org');
  });

  test('keeps what stands behind the plus of our address', async () => {
    expect(await one({ to: 'desk+sales@example.com', text: 'x' })).toMatchObject({
      to: 'desk@example.com',
      metadata: { plus_address: 'sales' },
    });
  });

  test.each<[string, TestMail]>([
    ['an absence note', { headers: [['Auto-Submitted', 'auto-replied']] }],
    ['a newsletter', { headers: [['Precedence', 'bulk']] }],
    ['a notice of Exchange', { headers: [['X-Auto-Response-Suppress', 'All']] }],
    ['an autoresponder', { headers: [['X-Autoreply', 'yes']] }],
    ['a bounce', { from: 'Mail Delivery <MAILER-DAEMON@mx.example.org>' }],
    ['a mail with an empty return path', { headers: [['Return-Path', '<>']] }],
    ['a report', { headers: [['Content-Type', 'multipart/report; report-type=disposition-notification']] }],
    ['our own mail, come back', { from: 'Desk <DESK@example.com>' }],
    ['a mail without a sender', { from: ' <nobody>', sender: '' }],
  ])('that nobody wrote is counted and not stored: %s', async (_name, mail) => {
    expect(await from({ text: 'I am away.', ...mail })).toEqual({ messages: [], receipts: [], ignored: 1 });
  });

  test('through a mailing list or with Auto-Submitted: no was written by somebody', async () => {
    expect((await from({ text: 'x', headers: [['Precedence', 'list']] })).messages).toHaveLength(1);
    expect((await from({ text: 'x', headers: [['Auto-Submitted', 'no']] })).messages).toHaveLength(1);
  });
});

describe('who may post mails', () => {
  const mailgun = mailAccount('mailgun');
  const verify = async (signature: Record<string, string>, at = mailgun) => {
    const { body, type } = await mailgunForm({ text: 'x', files: [png] }, signature as never);
    const request = post(body, { 'content-type': type });
    await email.prepare?.(request, at, receivedAt);
    return email.verify(request, at, receivedAt);
  };

  test('Mailgun, by its signature over timestamp and token, within half a day', async () => {
    expect(await verify(mailgunSignature())).toBe(true);
    expect(await verify(mailgunSignature(receivedAt, 'another'))).toBe('signature_mismatch');
    expect(await verify({ ...mailgunSignature(), token: 'd'.repeat(50) })).toBe('signature_mismatch');
    expect(await verify({ ...mailgunSignature(), signature: '' })).toBe('signature_missing');
    expect(await verify(mailgunSignature(new Date(receivedAt.getTime() - 13 * 3_600_000)))).toBe('timestamp_out_of_range');
    expect(await verify(mailgunSignature(new Date(receivedAt.getTime() - 8 * 3_600_000)))).toBe(true);
    expect(await verify(mailgunSignature(), mailAccount('mailgun', { credentials: { inbound: { kind: 'mailgun' } } }))).toBe('no_secret');
  });

  test('Mailgun with events, whose signature stands in the JSON', () => {
    const body = (signature: object) => post(JSON.stringify({ signature, 'event-data': {} }));
    expect(email.verify(body(mailgunSignature()), mailgun, receivedAt)).toBe(true);
    expect(email.verify(body({ ...mailgunSignature(), token: 'x' }), mailgun, receivedAt)).toBe('signature_mismatch');
    expect(email.verify(post('{'), mailgun, receivedAt)).toBe('signature_missing');
  });

  test('others by a secret: in the address, or as its password', () => {
    const at = mailAccount('postmark');
    const basic = (text: string) => post('{}', { authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect(email.verify(post('{}', {}, withSecret()), at, receivedAt)).toBe(true);
    expect(email.verify(post('{}', {}, `${withSecret()}x`), at, receivedAt)).toBe('signature_mismatch');
    expect(email.verify(post('{}'), at, receivedAt)).toBe('signature_missing');
    expect(email.verify(basic(`anybody:${mailSecret}`), at, receivedAt)).toBe(true);
    expect(email.verify(basic('anybody:wrong'), at, receivedAt)).toBe('signature_mismatch');
    const named = mailAccount('postmark', { credentials: { inbound: { kind: 'postmark', user: 'pm', signing_key: mailSecret } } });
    expect(email.verify(basic(`anybody:${mailSecret}`), named, receivedAt)).toBe('signature_mismatch');
    expect(email.verify(basic(`pm:${mailSecret}`), named, receivedAt)).toBe(true);
  });

  test('nobody where the account does not say who', () => {
    expect(email.verify(post('{}', {}, withSecret()), mailAccount('postmark', { credentials: {} }), receivedAt)).toBe('no_secret');
    expect(mailgunKey).not.toBe('');
  });
});

const messageId = newId('message');

describe("what becomes of our mails, by Mailgun's events", () => {
  const event = (data: object) =>
    receive(
      post(JSON.stringify({ signature: mailgunSignature(), 'event-data': { timestamp: 1778855520.5, ...data } })),
      mailAccount('mailgun'),
    );
  const message = { headers: { 'message-id': `${messageId}@example.com` } };

  test('delivered, and failed for good, are receipts', async () => {
    expect((await event({ event: 'delivered', message })).receipts).toMatchObject([
      {
        status: 'delivered',
        provider_message_id: `${messageId}@example.com`,
        message_id: messageId,
        occurred_at: '2026-05-15T14:32:00.500Z',
      },
    ]);
    const failed = {
      event: 'failed',
      severity: 'permanent',
      reason: 'bounce',
      'delivery-status': { code: 550, message: '5.1.1 The account does not exist' },
    };
    expect((await event({ ...failed, message })).receipts).toMatchObject([{ status: 'failed', error_code: 'recipient_invalid' }]);
    const filtered = { ...failed, 'delivery-status': { code: 550, message: '5.7.1 Message rejected as spam' } };
    expect((await event({ ...filtered, message })).receipts).toMatchObject([{ error_code: 'message_filtered' }]);
    const suppressed = { ...failed, reason: 'suppress-unsubscribe', 'delivery-status': { code: 605 } };
    expect((await event({ ...suppressed, message })).receipts).toMatchObject([{ error_code: 'recipient_opted_out' }]);
  });

  test.each([
    ['a failure that Mailgun tries again', { event: 'failed', severity: 'temporary', message }],
    ['an opening', { event: 'opened', message }],
    ['of a mail that is none of ours', { event: 'delivered', message: { headers: { 'message-id': 'x@example.com' } } }],
  ])('is counted only: %s', async (_, data) => {
    expect(await event(data)).toEqual({ messages: [], receipts: [], ignored: 1 });
  });

  test('a complaint is an opt-out', async () => {
    const { messages } = await event({ event: 'complained', id: 'e1', recipient: 'ada@example.org', message });
    expect(messages).toMatchObject([{ provider_message_id: 'e1', from: 'ada@example.org', provider_opt_out: 'stop' }]);
  });
});

describe("what becomes of our mails, by Postmark's webhooks", () => {
  const event = (body: object) =>
    receive(post(JSON.stringify({ Metadata: { 'baton-message-id': messageId }, ...body }), {}, withSecret()), mailAccount('postmark'));

  test('delivered and bounced are receipts, a complaint is an opt-out', async () => {
    expect((await event({ RecordType: 'Delivery', DeliveredAt: '2026-05-15T14:30:00Z' })).receipts).toMatchObject([
      {
        status: 'delivered',
        provider_message_id: `${messageId}@example.com`,
        message_id: messageId,
        occurred_at: '2026-05-15T14:30:00.000Z',
      },
    ]);
    const hard = { RecordType: 'Bounce', Type: 'HardBounce', Details: 'smtp;550 5.1.1 unknown user' };
    expect((await event(hard)).receipts).toMatchObject([{ status: 'failed', error_code: 'recipient_invalid' }]);
    expect((await event({ RecordType: 'SpamComplaint', Email: 'ada@example.org' })).messages).toMatchObject([{ provider_opt_out: 'stop' }]);
    const left = { RecordType: 'SubscriptionChange', SuppressSending: true, Origin: 'Recipient', Recipient: 'ada@example.org' };
    expect((await event(left)).messages).toMatchObject([{ provider_opt_out: 'stop', text: '[unsubscribed]' }]);
  });

  test.each([
    ['a bounce that passes', { RecordType: 'Bounce', Type: 'Transient' }],
    ['an opening', { RecordType: 'Open' }],
    ['of a mail that is none of ours', { RecordType: 'Delivery', Metadata: {} }],
  ])('is counted only: %s', async (_, body) => {
    expect(await event(body)).toEqual({ messages: [], receipts: [], ignored: 1 });
  });
});

describe('a whole mail', () => {
  const raw = [
    'From: =?utf-8?q?Ada_L=C3=B6ve?= <ada@example.org>',
    'To: desk@example.com',
    'Subject: =?utf-8?b?V29obnVuZyAxMg==?=',
    'Message-ID: <m1@example.org>',
    'Date: Fri, 15 May 2026 16:30:00 +0200',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Ist sie f=FCr M=E4rz frei?',
    '--b',
    'Content-Type: application/pdf; name="plan.pdf"',
    'Content-Disposition: attachment; filename="plan.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0xLjQ=',
    '--b--',
    '',
  ].join('\r\n');
  const mime = (text: string) => receive(post(text, { 'content-type': 'message/rfc822' }, withSecret()), mailAccount('mime'));

  test('is read with its encodings, posted as it is or within a form of Mailgun', async () => {
    const expected = {
      provider_message_id: 'm1@example.org',
      text: 'Wohnung 12\n\nIst sie für März frei?',
      contact: { name: 'Ada Löve' },
      attachments: [{ content_type: 'application/pdf', name: 'plan.pdf', size: 8 }],
      sent_at: '2026-05-15T14:30:00.000Z',
    };
    expect((await mime(raw)).messages).toMatchObject([expected]);
    const form = new URLSearchParams({
      ...mailgunSignature(),
      recipient: 'desk@example.com',
      sender: 'ada@example.org',
      'body-mime': raw,
    }).toString();
    const request = post(form, { 'content-type': 'application/x-www-form-urlencoded' });
    expect((await receive(request, mailAccount('mailgun'))).messages).toMatchObject([expected]);
  });

  test('that reports the failure of a mail of ours is its receipt', async () => {
    const report = [
      'From: MAILER-DAEMON@mx.example.org',
      'To: desk@example.com',
      'Subject: Undelivered Mail Returned to Sender',
      'Message-ID: <r1@mx.example.org>',
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'I am sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.org',
      '',
      'Final-Recipient: rfc822; ada@example.org',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 User unknown',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${messageId}@example.com>`,
      'Subject: x',
      '--b--',
      '',
    ].join('\r\n');
    expect(await mime(report)).toMatchObject({
      messages: [],
      receipts: [
        { status: 'failed', message_id: messageId, error_code: 'recipient_invalid', provider_message_id: `${messageId}@example.com` },
      ],
    });
    expect(await mime(report.replace('Action: failed', 'Action: delayed'))).toEqual({ messages: [], receipts: [], ignored: 1 });
  });

  test('that is none is refused, not taken for an empty one', async () => {
    const request = post('{"a":1}', { 'content-type': 'multipart/form-data; boundary=x' });
    const at = mailAccount('mailgun');
    await email.prepare?.(request, at, receivedAt);
    expect(email.verify(request, at, receivedAt)).toBe('signature_missing');
    expect(() => email.parse(request, at, receivedAt)).toThrow(/malformed_request/);
    expect(() => email.parse(post('[]'), mailAccount('postmark'), receivedAt)).toThrow(/malformed_request/);
    expect(postmarkJson({})).toHaveProperty('Headers');
  });
});
