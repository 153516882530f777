import type { Channel } from '@baton/contracts/vocabulary.ts';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { cleanText } from './wire/text.ts';

const e164 = /^\+[1-9]\d{6,14}$/;
const shortCode = /^\d{3,8}$/;
const senderName = /^(?=.*[A-Za-z])[A-Za-z0-9 &_-]{1,11}$/;
/** WhatsApp's business-scoped user id, which stands where the phone number of a user with a username was. */
const bsuid = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/**
 * A phone number as E.164, or undefined. `ours`, an E.164 number, tells the country of numbers written without one.
 * A number that already has the shape is taken as it is, valid or not: whoever wrote from it can be answered there.
 */
export function toE164(raw: string, ours?: string): string | undefined {
  const bare = raw.startsWith('whatsapp:') ? raw.slice(9) : raw;
  if (e164.test(bare)) return bare;
  if (bare.length > 40) return undefined;
  const country = ours !== undefined && e164.test(ours) ? parsePhoneNumberFromString(ours)?.countryCallingCode : undefined;
  const parsed = parsePhoneNumberFromString(bare, country === undefined ? {} : { defaultCallingCode: country });
  return parsed?.isPossible() ? parsed.number : undefined;
}

export function isBsuid(address: string): boolean {
  return bsuid.test(address);
}

/**
 * A customer's or our own address as it is stored and threaded by, or undefined when it can't be one on that channel.
 * SMS also knows short codes and sender names; email is compared in lower case; other channels have ids of their own making.
 */
export function normalizeAddress(channel: Channel, raw: string, ours?: string): string | undefined {
  const trimmed = cleanText(raw).trim();
  if (trimmed === '' || trimmed.length > 320) return undefined;
  switch (channel) {
    case 'sms':
    case 'voice':
      if (shortCode.test(trimmed) || senderName.test(trimmed)) return trimmed;
      return toE164(trimmed, ours);
    case 'whatsapp':
      return isBsuid(trimmed) ? trimmed : toE164(trimmed, ours);
    case 'email':
      return trimmed.toLowerCase();
    case 'telegram':
    case 'web':
    case 'instagram':
    case 'facebook':
      return trimmed;
    default:
      return channel satisfies never;
  }
}
