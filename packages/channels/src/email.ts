import { parseEmail, prepareEmail, verifyEmail } from './email/inbound.ts';
import { buildEmailSend } from './email/send.ts';
import type { ProviderAdapter } from './provider.ts';

/** Mail: in by the webhooks of Mailgun or Postmark (or any program that posts mails as they are), out by SMTP. */
export const email: ProviderAdapter = {
  name: 'email',
  contentTypes: [
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'message/rfc822',
    'text/plain',
    'application/octet-stream',
  ],
  methods: ['POST'],
  prepare: prepareEmail,
  verify: verifyEmail,
  parse: parseEmail,
  answer: () => ({ status: 200, contentType: 'application/json', body: '{}' }),
  buildSend: buildEmailSend,
  readSendAnswer: () => ({ kind: 'unknown', detail: 'Mail is not sent by HTTP.' }),
};
