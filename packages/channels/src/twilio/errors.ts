/** Twilio's error numbers that are a fact of the public contract; the rest keep their number. https://www.twilio.com/docs/api/errors */
const known: Readonly<Record<string, string>> = {
  '21610': 'recipient_opted_out',
  '63016': 'window_expired',
  '20003': 'channel_unauthorized',
  '21617': 'text_too_long',
};

export function twilioErrorCode(code: string): string {
  return (Object.hasOwn(known, code) ? known[code] : undefined) ?? (/^[a-z0-9_]{1,32}$/i.test(code) ? `twilio_${code}` : 'twilio_error');
}
