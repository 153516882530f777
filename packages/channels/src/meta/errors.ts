/** Codes of Meta that are a fact of the public contract; the rest keep their number. Codes, not titles, are stable: …/whatsapp/cloud-api/support/error-codes */
const known = new Map<number, string>([
  [131047, 'window_expired'],
  [131050, 'recipient_opted_out'],
  [190, 'channel_unauthorized'],
  [10, 'channel_unauthorized'],
]);

export function metaErrorCode(code: unknown): string {
  if (typeof code !== 'number' || !Number.isInteger(code)) return 'meta_error';
  return known.get(code) ?? `meta_${code}`;
}

/** Refused for now, and surely not sent: too many calls, too much throughput, too many messages to one person. */
export const metaRetryCodes: ReadonlySet<unknown> = new Set([4, 80007, 130429, 131056, 133016]);
