import { createHash, createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import twilio from 'twilio';

/** A request as a provider would make it: `change` it before it is sent to play a forger. */
export type Signed = { url: string; headers: Record<string, string>; body: string };

/** Form parameters signed by Twilio's own package. */
export function signedByTwilio(token: string, url: string, params: Record<string, string>): Signed {
  return {
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilio.getExpectedTwilioSignature(token, url, params),
    },
    body: new URLSearchParams(params).toString(),
  };
}

/** JSON as Twilio posts it: the body's SHA-256 stands in the query, and the URL is what is signed. */
export function signedByTwilioAsJson(token: string, url: string, body: unknown): Signed {
  const text = JSON.stringify(body);
  const full = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${createHash('sha256').update(text).digest('hex')}`;
  return {
    url: full,
    headers: { 'content-type': 'application/json', 'x-twilio-signature': twilio.getExpectedTwilioSignature(token, full, {}) },
    body: text,
  };
}

/** `X-Hub-Signature-256` over the bytes. */
export function signedByMeta(appSecret: string, url: string, body: unknown): Signed {
  const text = JSON.stringify(body);
  const signature = createHmac('sha256', appSecret).update(text).digest('hex');
  return { url, headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` }, body: text };
}

/** Standard Webhooks, by its own package. */
export function signedStandard(secret: string, url: string, body: unknown): Signed {
  const text = JSON.stringify(body);
  const id = `in_${crypto.randomUUID()}`;
  const at = new Date();
  return {
    url,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, text),
    },
    body: text,
  };
}

export async function deliver(signed: Signed): Promise<{ status: number; text: string }> {
  const response = await fetch(signed.url, {
    method: 'POST',
    headers: signed.headers,
    body: signed.body,
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, text: await response.text() };
}

/** The same request with one byte of its body other than it was signed. */
export function tampered(signed: Signed): Signed {
  const middle = Math.floor(signed.body.length / 2);
  const at = [...signed.body].findIndex((letter, index) => index >= middle && /[a-z]/.test(letter));
  const other = signed.body[at] === 'x' ? 'y' : 'x';
  return { ...signed, body: signed.body.slice(0, at) + other + signed.body.slice(at + 1) };
}
