import type { Channel, Provider } from '@baton/contracts/vocabulary.ts';
import { canonicalFacts } from './canonical/facts.ts';
import { emailFacts } from './email/facts.ts';
import { metaFacts } from './meta/facts.ts';
import { telegramFacts } from './telegram/facts.ts';
import { twilioFacts } from './twilio/facts.ts';
import { webFacts } from './web/facts.ts';
import { type Window, windowOf } from './window.ts';

/** What one provider can do on one channel. Rules read this; none asks for a provider's or a channel's name. */
export interface Capabilities {
  /** Outside it only a template goes out; null: free text at any time. */
  window: Window | null;
  templates: boolean;
  /** The last step the provider reports: nothing, or sent and delivered, or read as well. */
  receipts: 'none' | 'delivered' | 'read';
  /** Seconds for which one typing sign stands; null: the provider has none. */
  typingSeconds: number | null;
  text: TextLimits;
  media: MediaLimits;
  /** Customers can send files. */
  filesIn: boolean;
  /** Sending the same message_id again reaches the customer once. */
  idempotentSend: boolean;
  rates: { account: Rate | null; pair: Rate | null };
  /** Who answers STOP and START, and refuses what is sent after: Baton by its own rules, or the provider (which tells by `provider_opt_out`). */
  optOut: 'baton' | 'provider';
}

export interface TextLimits {
  max: number;
  /** What `max` counts. */
  unit: 'utf16' | 'bytes';
  /** A longer text is sent as several messages, or refused. */
  longer: 'split' | 'refuse';
}

/** What we can send. */
export interface MediaLimits {
  /** Files in one message; 0: none. */
  maxCount: number;
  /** Units of text beside a file, counted as in `text`; 0: a text goes as a message of its own. */
  maxCaption: number;
  /** Kinds of files that carry no text all the same. */
  captionless?: readonly MediaKind[];
  /** Bytes of one file by kind; 0: that kind cannot be sent. */
  maxBytes: Readonly<Record<MediaKind, number>>;
}

export type MediaKind = 'image' | 'video' | 'audio' | 'document';

/** So many messages in so many seconds; `burst` may come at once before it counts. */
export interface Rate {
  messages: number;
  seconds: number;
  burst: number;
}

/** What a credential of an account may be. Names without a rule are refused: a mistyped one would be a silent failure later. */
export type CredentialRule = { optional?: true } & (
  | { kind: 'text' }
  | { kind: 'url' }
  | { kind: 'webhook_secret' }
  | { kind: 'port' }
  | { kind: 'pattern'; pattern: RegExp; means: string }
  | { kind: 'texts'; each?: { pattern: RegExp; means: string } }
  | { kind: 'object'; fields: CredentialRules }
);

export type CredentialRules = Readonly<Record<string, CredentialRule>>;

/** A provider as data: on which channels, with which credentials, what it can do there. */
export type ProviderFacts = Readonly<
  Partial<Record<Channel, { capabilities: Omit<Capabilities, 'window'>; credentials: CredentialRules }>>
>;

export const providerFacts: Readonly<Record<Provider, ProviderFacts>> = {
  twilio: twilioFacts,
  meta: metaFacts,
  telegram: telegramFacts,
  web: webFacts,
  email: emailFacts,
  http: canonicalFacts({ secret: { kind: 'webhook_secret' }, outbound_url: { kind: 'url', optional: true } }),
  simulator: canonicalFacts({}),
};

/** A program may tell of a customer on a channel that the account's provider does not have: what holds there is what holds for anybody. */
const elsewhere = canonicalFacts({});

const known = new Map<string, Capabilities>();

export function capabilitiesOf(provider: Provider, channel: Channel): Capabilities {
  const key = `${provider} ${channel}`;
  const found = known.get(key);
  if (found) return found;
  const facts = providerFacts[provider][channel] ?? elsewhere[channel]!;
  const capabilities = { ...facts.capabilities, window: windowOf(channel) };
  known.set(key, capabilities);
  return capabilities;
}

/** The kind that a file of this media type counts as. */
export function mediaKindOf(contentType: string): MediaKind {
  const kind = contentType.split('/', 1)[0]!.trim().toLowerCase();
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document';
}

// The console reads this file in browsers, which have no Buffer.
const utf8 = new TextEncoder();

/** How long `text` is, in the unit that the provider counts. */
export function textLength(text: string, unit: TextLimits['unit']): number {
  return unit === 'bytes' ? utf8.encode(text).length : text.length;
}
