import type { Capabilities, ProviderFacts } from '../capabilities.ts';

const mebibyte = 1_048_576;

// What most mail servers take in all is 25 MB, of which base64 eats a third.
const email: Omit<Capabilities, 'window'> = {
  templates: false,
  // Told by the sending service's webhooks or by a mail server's report; whoever opens a mail does not say so.
  receipts: 'delivered',
  typingSeconds: null,
  text: { max: 65_536, unit: 'utf16', longer: 'refuse' },
  media: {
    maxCount: 10,
    maxCaption: 65_536,
    maxBytes: { image: 10 * mebibyte, video: 10 * mebibyte, audio: 10 * mebibyte, document: 10 * mebibyte },
  },
  idempotentSend: false,
  rates: { account: null, pair: null },
  filesIn: true,
  optOut: 'baton',
};

export const emailFacts: ProviderFacts = {
  email: {
    capabilities: email,
    credentials: {
      inbound: {
        kind: 'object',
        optional: true,
        fields: {
          kind: { kind: 'pattern', pattern: /^(?:mailgun|postmark|mime)$/, means: 'mailgun, postmark or mime' },
          signing_key: { kind: 'text' },
          user: { kind: 'text', optional: true },
        },
      },
      smtp: {
        kind: 'object',
        optional: true,
        fields: {
          host: { kind: 'text' },
          port: { kind: 'port', optional: true },
          user: { kind: 'text', optional: true },
          password: { kind: 'text', optional: true },
          from: { kind: 'text', optional: true },
          tls: { kind: 'pattern', pattern: /^(?:required|optional)$/, means: 'required or optional', optional: true },
        },
      },
    },
  },
};
