import type { Capabilities, ProviderFacts } from '../capabilities.ts';

const mebibyte = 1_048_576;

// Bot API 10.1: text 1–4,096, caption 0–1,024, files by URL 5 MB for photos and 20 MB for the rest; 30 messages a second for a bot, about one to one chat.
// No receipts exist. A typing sign stands for five seconds.
const telegram: Omit<Capabilities, 'window'> = {
  templates: false,
  receipts: 'none',
  typingSeconds: 5,
  text: { max: 4096, unit: 'utf16', longer: 'split' },
  media: {
    maxCount: 1,
    maxCaption: 1024,
    maxBytes: { image: 5 * mebibyte, video: 20 * mebibyte, audio: 20 * mebibyte, document: 20 * mebibyte },
  },
  idempotentSend: false,
  rates: { account: { messages: 30, seconds: 1, burst: 30 }, pair: { messages: 1, seconds: 1, burst: 3 } },
  filesIn: true,
  optOut: 'baton',
};

export const telegramFacts: ProviderFacts = {
  telegram: {
    capabilities: telegram,
    credentials: {
      bot_token: {
        kind: 'pattern',
        pattern: /^\d{5,20}:[A-Za-z0-9_-]{20,100}$/,
        means: 'a bot token as BotFather gives it (digits, a colon, letters)',
      },
      secret_token: { kind: 'pattern', pattern: /^[A-Za-z0-9_-]{1,256}$/, means: 'of 1 to 256 letters, digits, _ and -' },
      api_base: { kind: 'url', optional: true },
    },
  },
};
