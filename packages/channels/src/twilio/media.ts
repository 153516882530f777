import type { Account, MediaSource } from '../provider.ts';
import { credential } from '../wire/headers.ts';

const origin = 'https://api.twilio.com';

/** A MediaUrl at Twilio's own API wants the account's credentials where "HTTP basic authentication for media" is on; it sends on to the store that has it. */
export function twilioMedia(url: string, account: Account): MediaSource | undefined {
  const sid = credential(account.credentials, 'account_sid');
  const token = credential(account.credentials, 'auth_token');
  const at = URL.parse(url)?.origin;
  const own = [origin, URL.parse(credential(account.credentials, 'api_base') ?? origin)?.origin];
  if (sid === undefined || token === undefined || at === undefined || !own.includes(at)) return undefined;
  return { kind: 'file', request: { url, headers: { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` } } };
}
