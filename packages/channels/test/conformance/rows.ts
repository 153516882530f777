import { http, simulator } from './canonical.ts';
import { mailgun, postmark } from './email.ts';
import { instagram, messenger, metaWhatsapp } from './meta.ts';
import type { Row } from './row.ts';
import { telegram } from './telegram.ts';
import { twilioSms, twilioWhatsapp } from './twilio.ts';
import { web } from './web.ts';

/** Every provider on every kind of channel that it has. A new one adds its row here and is held to the whole suite. */
export const rows: readonly (readonly [name: string, row: Row])[] = [
  ['twilio sms', twilioSms],
  ['twilio whatsapp', twilioWhatsapp],
  ['meta whatsapp', metaWhatsapp],
  ['meta facebook', messenger],
  ['meta instagram', instagram],
  ['telegram', telegram],
  ['email by Mailgun', mailgun],
  ['email by Postmark', postmark],
  ['web', web],
  ['http', http],
  ['simulator', simulator],
];
