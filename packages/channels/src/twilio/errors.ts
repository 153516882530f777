/** Twilio's error numbers under the words of the public contract. https://www.twilio.com/docs/api/errors */
const words: Readonly<Record<string, readonly number[]>> = {
  recipient_opted_out: [21610],
  // 63016 mostly comes later, with the status callback.
  window_expired: [63016],
  recipient_invalid: [21211, 21217, 21401, 21421, 21614, 21635, 30006, 63003, 63024],
  recipient_unreachable: [30003, 30005],
  recipient_blocked: [30004, 63032, 63033],
  destination_not_allowed: [21408, 21612],
  message_filtered: [30007, 30038, 63013, 63049],
  // The sender: no number of the account, not registered for where it sends, a messaging service without numbers.
  channel_misconfigured: [
    21212, 21603, 21606, 21608, 21659, 21660, 21701, 21703, 21704, 21705, 21910, 30032, 30034, 30035, 63007, 63015, 63051,
  ],
  channel_unauthorized: [20003, 20005, 20008, 30002],
  text_too_long: [21617],
  attachment_refused: [11751, 12300, 21620, 21621, 21622, 21623, 21624, 30019, 63005, 63019, 63021],
  template_invalid: [21654, 21655, 21656, 63022, 63027, 63028, 63040, 63041, 63042],
  rate_limited: [14107, 20429, 21611, 30001, 30022, 30023, 63018, 63038],
};

const known: ReadonlyMap<string, string> = new Map(
  Object.entries(words).flatMap(([word, numbers]) => numbers.map((number) => [String(number), word] as const)),
);

export function twilioErrorCode(code: string): string {
  return known.get(code) ?? (/^[a-z0-9_]{1,32}$/i.test(code) ? `twilio_${code}` : 'twilio_error');
}

/** Refusals that end by themselves: the message was not taken on, and may be offered again. */
const passing = new Set([14107, 20429, 21611]);

export function passes(code: unknown): boolean {
  return typeof code === 'number' && passing.has(code);
}
