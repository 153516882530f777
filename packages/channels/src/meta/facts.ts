import type { Capabilities, CredentialRules, ProviderFacts } from '../capabilities.ts';

const credentials: CredentialRules = {
  app_secret: { kind: 'text' },
  verify_token: { kind: 'text' },
  access_token: { kind: 'text' },
  api_base: { kind: 'url', optional: true },
};

const mebibyte = 1_048_576;

// Text ≤ 4,096, one media object a message with a caption ≤ 1,024 (business-messaging-api v23.0); sizes: …/whatsapp/cloud-api/reference/media. One message in
// six seconds to one person, 45 of them ahead of time; 80 a second for a number. The typing sign rides on "mark as read" and stands for 25 s.
const whatsapp: Omit<Capabilities, 'window'> = {
  templates: true,
  receipts: 'read',
  typingSeconds: 25,
  marksRead: true,
  text: { max: 4096, unit: 'utf16', longer: 'split' },
  media: {
    maxCount: 1,
    maxCaption: 1024,
    maxBytes: { image: 5 * mebibyte, video: 16 * mebibyte, audio: 16 * mebibyte, document: 100 * mebibyte },
  },
  idempotentSend: false,
  rates: { account: { messages: 80, seconds: 1, burst: 80 }, pair: { messages: 1, seconds: 6, burst: 45 } },
  optOut: 'baton',
};

export const metaFacts: ProviderFacts = {
  whatsapp: { capabilities: whatsapp, credentials: { ...credentials, phone_number_id: { kind: 'text' } } },
};
