import type { Capabilities, CredentialRules, ProviderFacts } from '../capabilities.ts';

const credentials: CredentialRules = {
  account_sid: { kind: 'text' },
  auth_token: { kind: 'text' },
  messaging_service_sid: { kind: 'text', optional: true },
  api_base: { kind: 'url', optional: true },
};

const mebibyte = 1_048_576;

// Body ≤ 1,600, ten MediaUrl of 5 MB for MMS, one of 16 MB for WhatsApp (twilio_api_v2010.json and the WhatsApp media guide). Twilio queues and paces by itself.
const sms: Omit<Capabilities, 'window'> = {
  templates: false,
  receipts: 'delivered',
  typingSeconds: null,
  text: { max: 1600, unit: 'utf16', longer: 'split' },
  media: {
    maxCount: 10,
    maxCaption: 1600,
    maxBytes: { image: 5 * mebibyte, video: 5 * mebibyte, audio: 5 * mebibyte, document: 5 * mebibyte },
  },
  idempotentSend: false,
  rates: { account: null, pair: null },
  filesIn: true,
  optOut: 'provider',
};

const whatsapp: Omit<Capabilities, 'window'> = {
  ...sms,
  templates: true,
  receipts: 'read',
  media: {
    maxCount: 1,
    maxCaption: 1600,
    maxBytes: { image: 16 * mebibyte, video: 16 * mebibyte, audio: 16 * mebibyte, document: 16 * mebibyte },
  },
  filesIn: true,
  optOut: 'baton',
};

/** Calls are listened to, not answered. */
const voice: Omit<Capabilities, 'window'> = {
  ...sms,
  receipts: 'none',
  text: { max: 0, unit: 'utf16', longer: 'refuse' },
  media: { maxCount: 0, maxCaption: 0, maxBytes: { image: 0, video: 0, audio: 0, document: 0 } },
  filesIn: true,
  optOut: 'baton',
};

export const twilioFacts: ProviderFacts = {
  sms: { capabilities: sms, credentials },
  whatsapp: { capabilities: whatsapp, credentials },
  voice: { capabilities: voice, credentials },
};
