import { createHmac, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials, VerifyRefusal } from '../provider.ts';
import { sameBytes } from './constant-time.ts';
import { oneHeader } from './headers.ts';
import { secretKey } from './keys.ts';

/** Seconds a signature's time may differ from ours (standardwebhooks.com). */
export const toleranceSeconds = 300;

/** `whsec_<base64>` or the base64 alone; undefined when it holds no key. */
function decodeSecret(secret: string): Buffer | undefined {
  const text = secret.startsWith('whsec_') ? secret.slice(6) : secret;
  // Node skips what is not base64: without this check a password in clear would silently become another, shorter key.
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function mac(key: KeyObject, id: string, timestamp: string, body: Buffer | string): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

/**
 * Checks `webhook-id`, `webhook-timestamp` and `webhook-signature` (several may stand there while keys rotate) against the account's `secret`.
 * Own code, with the official package as the tests' oracle: the package reads the clock itself and decodes the body before it signs,
 * so bodies of different bytes can pass as one.
 */
export function verifyStandardWebhook(
  headers: IncomingHttpHeaders,
  body: Buffer,
  credentials: Credentials,
  now: Date,
): true | VerifyRefusal {
  const key = secretKey(credentials, 'secret', decodeSecret);
  if (!key) return 'no_secret';
  const id = oneHeader(headers, 'webhook-id');
  const timestamp = oneHeader(headers, 'webhook-timestamp');
  const signatures = oneHeader(headers, 'webhook-signature');
  if (id === '' || timestamp === '' || signatures === '') return 'signature_missing';
  if (!/^\d{1,12}$/.test(timestamp)) return 'timestamp_out_of_range';
  if (Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) > toleranceSeconds) return 'timestamp_out_of_range';
  const expected = mac(key, id, timestamp, body);
  for (const one of signatures.split(' ')) {
    if (one.startsWith('v1,') && sameBytes(Buffer.from(one.slice(3), 'base64'), expected)) return true;
  }
  return 'signature_mismatch';
}

/** The three headers for a request of ours; undefined when the account's `secret` holds no key. */
export function signStandardWebhook(
  credentials: Credentials,
  what: { id: string; at: Date; body: string },
): Record<string, string> | undefined {
  const key = secretKey(credentials, 'secret', decodeSecret);
  if (!key) return undefined;
  const timestamp = String(Math.floor(what.at.getTime() / 1000));
  return {
    'webhook-id': what.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac(key, what.id, timestamp, what.body).toString('base64')}`,
  };
}
