import type { ChannelAccount } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import type { Channel } from '@baton/contracts/vocabulary.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { channelAccountFaults } from '../domain/directory/directory-rules.ts';
import type { ChannelAccountRow } from '../domain/rows.ts';

/** Fields of a channel account that may change after it was made; provider and channel decide what its history means and stay. */
export const channelAccountFields = ['address', 'agent_id', 'enabled', 'credentials'] as const;

/** Takes the named fields over into a row; credentials are sealed for this account and replace the old ones whole. */
export function applyChannelAccount(row: ChannelAccountRow, wire: ChannelAccount, fields: string[], secrets: SecretBox): ChannelAccountRow {
  const next = { ...row };
  const unknown = fields.find((field) => !channelAccountFields.some((known) => known === field));
  if (unknown !== undefined) throw invalidField(`/${unknown}`, 'cannot be changed; make a new channel account');
  if (fields.includes('address')) next.address = normalAddress(next.channel, wire.address);
  if (fields.includes('agent_id')) next.agent_id = wire.agentId;
  if (fields.includes('enabled')) next.enabled = wire.enabled ?? true;
  const credentials = fields.includes('credentials') ? (wire.credentials ?? {}) : undefined;
  const faults = channelAccountFaults({ ...next, credentials });
  if (faults.length > 0)
    throw new BatonError('validation_error', faults.map((f) => `${f.path}: ${f.message}`).join('; '), { problems: faults });
  if (credentials) {
    next.credentials = secrets.seal(JSON.stringify(credentials), `channel_account:${next.channel_account_id}`);
    next.credential_names = Object.keys(credentials).sort();
  }
  return next;
}

/** Phone numbers become E.164, so that one number is one address; others stay as the provider writes them. */
export function normalAddress(channel: Channel, address: string): string {
  const plain = address.trim().replace(/^whatsapp:/, '');
  if (!['sms', 'whatsapp', 'voice'].includes(channel)) return plain;
  // Alphanumeric sender ids and short codes are legal own addresses of SMS.
  return parsePhoneNumberFromString(plain)?.number ?? plain;
}
