import type { InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import type { MessageRow } from '../rows.ts';

/** `wait`: it may be of a send that is under way; the answer of that send will tell. `ours`: the message whose fate it tells. */
export type EchoVerdict = { kind: 'theirs' } | { kind: 'wait' } | { kind: 'ours'; message: MessageRow };

/** So long is the answer of a send waited for: by then a sender that died has been found out. After it a person is believed to have written. */
export const longestWaitMs = 60_000;

/** An echo comes within so much of the claim, whatever the clocks say. */
const clockMs = 60_000;
const latestMs = 600_000;

/**
 * Whose words the provider shows us as sent in our name, when their id is none of ours. A person's, and a takeover, unless the same words are on their way out from here
 * at this moment: providers show our own sends as well, and some do it before they have answered. `sends`: the conversation's messages without a provider id
 * that are being sent or of unknown fate.
 */
export function whoseEcho(m: InboundMessage, sends: readonly MessageRow[], now: Date): EchoVerdict {
  const same = sends.filter((row) => row.channel_account_id === m.channel_account_id && sameWords(row, m) && isTimely(row, m));
  if (same.some((row) => row.status === 'sending') && now.getTime() - Date.parse(m.received_at) < longestWaitMs) return { kind: 'wait' };
  const message = same.find((row) => row.status === 'unknown');
  return message ? { kind: 'ours', message } : { kind: 'theirs' };
}

function sameWords(row: MessageRow, m: InboundMessage): boolean {
  return row.text.trim() === m.text.trim() && row.attachments.length === m.attachments.length;
}

function isTimely(row: MessageRow, m: InboundMessage): boolean {
  const lag = Date.parse(m.received_at) - claimedAt(row).getTime();
  return lag > -clockMs && lag < latestMs;
}

/** Before this the provider cannot have had it. */
export function claimedAt(row: MessageRow): Date {
  const step = row.status_history.findLast((one) => one.status === 'sending');
  return step ? new Date(step.at) : row.created_at;
}
