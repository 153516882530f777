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
  text: { max: 4096, unit: 'utf16', longer: 'split' },
  media: {
    maxCount: 1,
    maxCaption: 1024,
    captionless: ['audio'],
    maxBytes: { image: 5 * mebibyte, video: 16 * mebibyte, audio: 16 * mebibyte, document: 100 * mebibyte },
  },
  idempotentSend: false,
  rates: { account: { messages: 80, seconds: 1, burst: 80 }, pair: { messages: 1, seconds: 6, burst: 45 } },
  filesIn: true,
  optOut: 'baton',
};

// Text ≤ 2,000 characters, files ≤ 25 MB by URL, images ≤ 8 MB, and none with a text; 300 calls a second for a page
// (…/messenger-platform/send-messages, …/overview/rate-limiting). A typing sign stands for 20 s.
const messenger: Omit<Capabilities, 'window'> = {
  ...whatsapp,
  templates: false,
  typingSeconds: 20,
  text: { max: 2000, unit: 'utf16', longer: 'split' },
  media: {
    maxCount: 1,
    maxCaption: 0,
    maxBytes: { image: 8 * mebibyte, video: 25 * mebibyte, audio: 25 * mebibyte, document: 25 * mebibyte },
  },
  rates: { account: { messages: 300, seconds: 1, burst: 300 }, pair: null },
};

// Text ≤ 1,000 bytes of UTF-8 (…/instagram-platform/instagram-api-with-instagram-login/messaging-api).
const instagram: Omit<Capabilities, 'window'> = { ...messenger, text: { max: 1000, unit: 'bytes', longer: 'split' } };

const page: CredentialRules = {
  ...credentials,
  page_id: { kind: 'pattern', pattern: /^\d{1,64}$/, means: 'the number of the page or Instagram account' },
  app_id: { kind: 'pattern', optional: true, pattern: /^\d{1,64}$/, means: 'the number of the app that sends' },
};

export const metaFacts: ProviderFacts = {
  whatsapp: { capabilities: whatsapp, credentials: { ...credentials, phone_number_id: { kind: 'text' } } },
  facebook: { capabilities: messenger, credentials: page },
  instagram: { capabilities: instagram, credentials: page },
};
