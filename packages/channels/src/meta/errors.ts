/**
 * Meta's codes under the words of the public contract; the rest keep their number. Codes, not titles, are stable.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes and …/messenger-platform/error-codes
 */
const words: Readonly<Record<string, readonly number[]>> = {
  // 131047 mostly comes later, with a status.
  window_expired: [131047],
  recipient_opted_out: [131050],
  recipient_invalid: [131009, 131021],
  recipient_unreachable: [131026, 551, 1_545_041],
  // Meta held it back: the user gets too much advertising, takes part in an experiment, or the content breaks a policy.
  message_filtered: [130472, 131049, 368],
  destination_not_allowed: [130497],
  channel_unauthorized: [0, 3, 10, 190, 131005],
  channel_misconfigured: [33, 131016, 131031, 131042, 131045, 133010],
  attachment_refused: [131052, 131053],
  template_invalid: [132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069, 131008],
  rate_limited: [4, 32, 613, 80_006, 80_007, 130429, 131048, 131056, 133016],
};

const known: ReadonlyMap<unknown, string> = new Map(
  Object.entries(words).flatMap(([word, numbers]) => numbers.map((number) => [number, word] as const)),
);

/** Messenger tells by a subcode which of several things its code 10, 100 or 551 means. */
const bySubcode: ReadonlyMap<unknown, string> = new Map([
  [2_018_278, 'window_expired'],
  [2_534_022, 'window_expired'],
  [2_018_001, 'recipient_invalid'],
  [2_018_108, 'recipient_blocked'],
  [2_018_007, 'attachment_refused'],
  [2_018_047, 'attachment_refused'],
]);

export function metaErrorCode(code: unknown, subcode?: unknown): string {
  const specific = bySubcode.get(subcode);
  if (specific !== undefined) return specific;
  if (typeof code !== 'number' || !Number.isInteger(code)) return 'meta_error';
  if (code >= 200 && code <= 299) return 'channel_unauthorized';
  return known.get(code) ?? `meta_${code}`;
}

/** Refused for now, and surely not sent: too many calls, too much throughput, too many messages to one person. */
export const metaRetryCodes: ReadonlySet<unknown> = new Set([4, 32, 613, 80_006, 80_007, 130429, 131056, 133016]);
