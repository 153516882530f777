import type { ProviderFacts } from '../capabilities.ts';

const anySize = 2_147_483_647;

// An origin as browsers send it: lower case, no path, and no port where it is the scheme's own.
const origin = /^(?!https:.*:443$)(?!http:.*:80$)https?:\/\/(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/;

export const webFacts: ProviderFacts = {
  web: {
    capabilities: {
      templates: false,
      receipts: 'read',
      // The widget knows by itself: the events that it follows say when a turn begins and ends.
      typingSeconds: null,
      text: { max: 65_536, unit: 'utf16', longer: 'refuse' },
      media: { maxCount: 10, maxCaption: 65_536, maxBytes: { image: anySize, video: anySize, audio: anySize, document: anySize } },
      idempotentSend: true,
      rates: { account: null, pair: null },
      // The widget has no place for them, and ingest takes none from a visitor.
      filesIn: false,
      optOut: 'baton',
    },
    credentials: {
      allowed_origins: { kind: 'texts', each: { pattern: origin, means: 'origins such as https://www.example.com' } },
      identity_secret: { kind: 'pattern', pattern: /^\S{16,200}$/, means: '16 to 200 characters without spaces', optional: true },
    },
  },
};
