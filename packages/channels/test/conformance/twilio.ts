import { stringify } from 'node:querystring';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Account } from '../../src/provider.ts';
import { account, post } from '../account.ts';
import { type Row, withCredentials, without } from './row.ts';

const url = 'https://in.example.com/providers/twilio/chn_1';
const words = { sent: 'sent', delivered: 'delivered', read: 'read', failed: 'undelivered' } as const;

function row(ours: Account, address: (plain: string) => string, statuses: Row['statuses']): Row {
  const parties = { From: address('+14155550123'), To: address(ours.address), AccountSid: 'AC1' };
  return {
    provider: 'twilio',
    account: ours,
    request(body) {
      const params = body as Record<string, string>;
      const signature = getExpectedTwilioSignature('12345', url, params);
      return post(stringify(params), { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }, url);
    },
    signature: { headers: ['x-twilio-signature'], coversBody: true },
    withoutSecret: without(ours, 'auth_token'),
    withOtherSecret: withCredentials(ours, { auth_token: '54321' }),
    text: ({ id, words: text }) => ({ ...parties, MessageSid: `SM${id}`, Body: text, NumMedia: '0' }),
    media: ({ id }) => ({
      ...parties,
      MessageSid: `MM${id}`,
      Body: '',
      NumMedia: '1',
      MediaUrl0: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1',
      MediaContentType0: 'image/jpeg',
    }),
    receipt: ({ id, status }) => ({
      ...parties,
      MessageSid: id,
      MessageStatus: words[status],
      ...(status === 'failed' && { ErrorCode: '30003' }),
    }),
    ...(statuses && { statuses }),
    customer: '+14155550123',
    accepted: (id) => ({ status: 201, body: { sid: id } }),
  };
}

const credentials = { account_sid: 'AC1', auth_token: '12345' };
export const twilioSms = row(account({ channel: 'sms', credentials }), (plain) => plain, ['sent', 'delivered', 'failed']);
export const twilioWhatsapp = row(account({ channel: 'whatsapp', credentials }), (plain) => `whatsapp:${plain}`, [
  'sent',
  'delivered',
  'read',
  'failed',
]);
