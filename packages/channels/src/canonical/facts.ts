import { type Channel, channels } from '@baton/contracts/vocabulary.ts';
import type { Capabilities, CredentialRules, ProviderFacts } from '../capabilities.ts';

const anySize = 2_147_483_647;

const open: Omit<Capabilities, 'window'> = {
  templates: false,
  receipts: 'read',
  typingSeconds: null,
  text: { max: 65_536, unit: 'utf16', longer: 'refuse' },
  media: { maxCount: 10, maxCaption: 65_536, maxBytes: { image: anySize, video: anySize, audio: anySize, document: anySize } },
  idempotentSend: true,
  rates: { account: null, pair: null },
  filesIn: true,
  optOut: 'baton',
};

/** `http` and `simulator` carry any channel, and whoever is behind them keeps one message per message_id. */
export function canonicalFacts(credentials: CredentialRules): ProviderFacts {
  const on = (channel: Channel) => ({ capabilities: { ...open, templates: channel === 'whatsapp' }, credentials });
  return Object.fromEntries(channels.map((channel) => [channel, on(channel)]));
}
