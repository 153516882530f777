import { expect, test } from 'vitest';
import { account, outbound, sendContext } from '../../test/account.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { classifyNetworkError } from '../provider.ts';
import { twilio } from '../twilio.ts';

const credentials = { account_sid: 'AC1', auth_token: 'secret' };
const ours = account({ credentials });

function formOf(message = outbound(), at = ours): URLSearchParams {
  const built = twilio.buildSend(message, at, sendContext);
  if (built.kind !== 'request') throw new Error(built.kind);
  return new URLSearchParams(built.request.body);
}

test('an SMS is posted as a form with basic auth and a callback that names our message', () => {
  const built = twilio.buildSend(outbound(), ours, sendContext);
  expect(built).toMatchObject({
    kind: 'request',
    request: {
      method: 'POST',
      url: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json',
      headers: {
        authorization: `Basic ${Buffer.from('AC1:secret').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    },
  });
  expect(Object.fromEntries(formOf())).toEqual({
    To: '+14155550123',
    From: '+15550100',
    Body: 'Your appointment is at 3.',
    StatusCallback: `https://in.example.com/providers/twilio/${ours.channelAccountId}?message_id=${outbound().messageId}`,
  });
});

test('WhatsApp addresses get their prefix, files go as MediaUrl, templates as ContentSid', () => {
  const file = { url: 'https://files.example.com/a.png', contentType: 'image/png', size: 1, name: 'a' };
  const form = formOf(outbound({ channel: 'whatsapp', attachments: [file] }));
  expect(form.get('To')).toBe('whatsapp:+14155550123');
  expect(form.get('From')).toBe('whatsapp:+15550100');
  expect(form.getAll('MediaUrl')).toEqual([file.url]);
  const template = formOf(
    outbound({ channel: 'whatsapp', template: { name: 'HX1', languageCode: 'en', parameters: ['Ada', '3'], components: [] } }),
  );
  expect(template.get('ContentSid')).toBe('HX1');
  expect(template.get('ContentVariables')).toBe('{"1":"Ada","2":"3"}');
  expect(template.has('Body')).toBe(false);
});

test('a messaging service stands in for the number, and api_base points the call elsewhere', () => {
  const service = account({ credentials: { ...credentials, messaging_service_sid: 'MG1', api_base: 'http://127.0.0.1:9/' } });
  const form = formOf(outbound(), service);
  expect(form.get('MessagingServiceSid')).toBe('MG1');
  expect(form.has('From')).toBe(false);
  expect(twilio.buildSend(outbound(), service, sendContext)).toMatchObject({
    request: { url: 'http://127.0.0.1:9/2010-04-01/Accounts/AC1/Messages.json' },
  });
});

test('what cannot be put in its terms fails before anything is sent', () => {
  expect(twilio.buildSend(outbound(), account(), sendContext)).toMatchObject({ kind: 'failed', code: 'channel_misconfigured' });
  expect(twilio.buildSend(outbound({ text: 'x'.repeat(1601) }), ours, sendContext)).toMatchObject({
    kind: 'failed',
    code: 'text_too_long',
  });
});

const answer = (status: number, body: unknown, headers = {}) => twilio.readSendAnswer(status, headers, JSON.stringify(body), 'msg_1');

test('the answers are told apart by what they say about the customer having it', () => {
  expect(answer(201, { sid: 'SM1', status: 'queued' })).toEqual({ kind: 'sent', providerMessageId: 'SM1' });
  expect(answer(201, 'cut off')).toMatchObject({ kind: 'unknown' });
  expect(answer(400, { code: 21610, message: 'Attempt to send to unsubscribed recipient' })).toMatchObject({
    kind: 'failed',
    code: 'recipient_opted_out',
  });
  expect(answer(400, { code: 63016, message: 'outside the window' })).toMatchObject({ kind: 'failed', code: 'window_expired' });
  expect(answer(400, { code: 21211, message: 'Invalid To' })).toEqual({ kind: 'failed', code: 'recipient_invalid', detail: 'Invalid To' });
  expect(answer(401, {})).toMatchObject({ kind: 'failed', code: 'channel_unauthorized' });
  expect(answer(404, '<html>')).toMatchObject({ kind: 'failed', code: 'twilio_http_404' });
  expect(answer(429, {}, { 'retry-after': '3' })).toMatchObject({ kind: 'retry', afterMs: 3000 });
  // A repeat after a 500 may send twice (https://www.twilio.com/docs/errors/20500).
  for (const status of [408, 500, 502, 503, 504]) expect(answer(status, {})).toMatchObject({ kind: 'unknown' });
});

test('a call that broke off after bytes went out is unknown, one that never began is tried again', () => {
  expect(classifyNetworkError(capabilitiesOf('twilio', 'sms'), 'after_request').kind).toBe('unknown');
  expect(classifyNetworkError(capabilitiesOf('twilio', 'sms'), 'before_request').kind).toBe('retry');
});
