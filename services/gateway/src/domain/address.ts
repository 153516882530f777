import type { Channel } from '@baton/contracts/vocabulary.ts';

const phoneChannels: ReadonlySet<Channel> = new Set(['sms', 'whatsapp', 'voice']);

/**
 * An address in the one spelling that threads: phone numbers in E.164 (spaces, dots, dashes, brackets and a `whatsapp:` prefix dropped), everything
 * else trimmed, e-mail in lower case. undefined when it can't be an address of that channel.
 */
export function normalAddress(channel: Channel, text: string): string | undefined {
  const trimmed = text.trim();
  if (phoneChannels.has(channel)) {
    const number = trimmed.replace(/^whatsapp:/i, '').replace(/[\s().-]/g, '');
    return /^\+[1-9]\d{5,14}$/.test(number) ? number : undefined;
  }
  if (trimmed.length === 0 || trimmed.length > 320 || /\p{Cc}/u.test(trimmed)) return undefined;
  if (channel === 'email') return /^[^\s@]+@[^\s@]+$/.test(trimmed) ? trimmed.toLowerCase() : undefined;
  return trimmed;
}

/**
 * An address of whatever channel, when the channel is not told: what reads like a phone number is one, what reads like an e-mail address is one, the rest is
 * an id of the channel's own making.
 */
export function anyAddress(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^(?:whatsapp:)?\+/i.test(trimmed)) return normalAddress('sms', trimmed);
  return normalAddress(trimmed.includes('@') ? 'email' : 'web', trimmed) ?? normalAddress('web', trimmed);
}

/** An address of ours: as above, but SMS is also sent from short codes and from names (`BATON`). */
export function ownAddress(channel: Channel, text: string): string | undefined {
  const sender = text.trim();
  if (channel === 'sms' && /^(?:\d{3,8}|[A-Za-z0-9][A-Za-z0-9 ]{0,10})$/.test(sender)) return sender;
  return normalAddress(channel, text);
}
