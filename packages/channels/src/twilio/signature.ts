import { createHash, createHmac } from 'node:crypto';
import { parse } from 'node:querystring';
import type { Account, RawRequest, VerifyRefusal } from '../provider.ts';
import { sameText } from '../wire/constant-time.ts';
import { oneHeader } from '../wire/headers.ts';
import { plainKey, secretKey } from '../wire/keys.ts';

export type Params = Readonly<Record<string, string | string[] | undefined>>;

/** The parameters of a form or a query, all of them: a limit on their number would sign another text than Twilio did. */
export function formParams(text: string): Params {
  return parse(text, '&', '=', { maxKeys: 0 });
}

export function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
}

export function isForm(request: RawRequest): boolean {
  return oneHeader(request.headers, 'content-type').toLowerCase().startsWith('application/x-www-form-urlencoded');
}

/**
 * `X-Twilio-Signature` = base64(HMAC-SHA1(auth token, URL + every form parameter's name and value, sorted)); a repeated parameter counts each
 * of its different values once, sorted. Other bodies are not in it but in the signed query's `bodySHA256`. The URL is tried with and without the
 * default port, as proxies add and drop it. Source: https://www.twilio.com/docs/usage/security#validating-requests and twilio-node 6.
 */
export function verifyTwilio(request: RawRequest, account: Account): true | VerifyRefusal {
  const token = secretKey(account.credentials, 'auth_token', plainKey);
  if (!token) return 'no_secret';
  const given = oneHeader(request.headers, 'x-twilio-signature');
  if (given === '') return 'signature_missing';
  let params = '';
  if (request.method === 'POST' && request.body.length > 0) {
    if (isForm(request)) params = flatten(formParams(request.body.toString('utf8')));
    else if (!bodyMatches(request)) return 'signature_mismatch';
  }
  const sign = (url: string) =>
    createHmac('sha1', token)
      .update(url + params)
      .digest('base64');
  return sameText(sign(withoutPort(request.url)), given) || sameText(sign(withPort(request.url)), given) ? true : 'signature_mismatch';
}

function flatten(params: Params): string {
  let text = '';
  for (const name of Object.keys(params).sort()) {
    const value = params[name]!;
    if (typeof value === 'string') text += name + value;
    else for (const one of [...new Set(value)].sort()) text += name + one;
  }
  return text;
}

function bodyMatches(request: RawRequest): boolean {
  const given = formParams(queryOf(request.url))['bodySHA256'];
  if (typeof given !== 'string') return false;
  return sameText(createHash('sha256').update(request.body).digest('hex'), given);
}

// Not `new URL()`: it re-encodes, and Twilio signed the characters it sent.
const authority = /^(https?:\/\/)([^/?#]*?)(:\d+)?(?=[/?#]|$)/i;

function withoutPort(url: string): string {
  return url.replace(authority, '$1$2');
}

function withPort(url: string): string {
  return url.replace(authority, (_, scheme: string, host: string, port: string | undefined) => {
    return scheme + host + (port ?? (scheme.toLowerCase() === 'https://' ? ':443' : ':80'));
  });
}
