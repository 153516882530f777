import type { Account, MediaRequest, MediaSource, SendRequest } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { credential } from '../wire/headers.ts';
import { asText, type JsonObject } from '../wire/json.ts';

/** The version of the Graph API that requests and media references name. */
export const graphVersion = 'v23.0';

const graph = 'https://graph.facebook.com';
/** Instagram accounts that logged in with Instagram itself; those of a Facebook page have `api_base` set to the other one. */
const instagramGraph = 'https://graph.instagram.com';

function baseOf(account: Account): string {
  const base = credential(account.credentials, 'api_base') ?? (account.channel === 'instagram' ? instagramGraph : graph);
  return base.replace(/\/$/, '');
}

/** A POST to `/{version}/{sender}/messages`: sends, typing signs and "read" alike. `sender`: the credential that names who sends. */
export function messagesRequest(account: Account, sender: 'phone_number_id' | 'page_id', body: JsonObject): SendRequest | undefined {
  const id = credential(account.credentials, sender);
  const token = credential(account.credentials, 'access_token');
  if (id === undefined || token === undefined) return undefined;
  return {
    method: 'POST',
    url: `${baseOf(account)}/${graphVersion}/${encodeURIComponent(id)}/messages`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  };
}

export function mediaReference(id: string): string {
  return `${graph}/${graphVersion}/${encodeURIComponent(id)}`;
}

/** Where Meta keeps files. The token goes nowhere else. */
const fileHosts = /^https:\/\/(?:[a-z0-9-]+\.)*(?:fbsbx\.com|fbcdn\.net|facebook\.com|whatsapp\.net)\//;

/** WhatsApp's files are had in two steps, both with the token: the id's own address names a URL that holds for five minutes. */
export function metaMedia(url: string, account: Account): MediaSource | undefined {
  const prefix = `${graph}/${graphVersion}/`;
  const token = credential(account.credentials, 'access_token');
  if (!url.startsWith(prefix) || token === undefined) return undefined;
  const base = baseOf(account);
  const headers = { authorization: `Bearer ${token}` };
  const found = (answer: string): MediaRequest | undefined => {
    const file = asText(answerBody(answer)['url']);
    const trusted = fileHosts.test(file) || (base !== graph && file.startsWith(`${base}/`));
    return trusted ? { url: file, headers } : undefined;
  };
  return { kind: 'lookup', request: { url: `${base}/${graphVersion}/${url.slice(prefix.length)}`, headers }, found };
}

/** Seconds since 1970, as text or (echoes) as number. */
export function timeOfSeconds(value: unknown, fallback: string): string {
  const seconds = typeof value === 'string' && /^\d{1,11}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds <= 0 || seconds > 99_999_999_999) return fallback;
  return new Date(seconds * 1000).toISOString();
}

/** Milliseconds since 1970. */
export function timeOfMs(value: unknown, fallback: string): string {
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0 || value > 99_999_999_999_999) return fallback;
  return new Date(value).toISOString();
}
