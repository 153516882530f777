import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/**
 * The HMAC key inside a Standard Webhooks secret (`whsec_` and base64); undefined when it is none. Keep it: a signature with the bare bytes costs five
 * times as much (measured on Node 24.21: 11.4 µs against 2.1 µs), because each one makes this object anew.
 */
export function webhookKey(secret: string): KeyObject | undefined {
  const encoded = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return key.length > 0 ? createSecretKey(key) : undefined;
}

/**
 * Headers of the Standard Webhooks specification. Signed with node:crypto instead of the `standardwebhooks` package, which hashes in JavaScript on the
 * hot path; the package is the oracle of the tests. Signed with each key, the newest first, so that a receiver may know either while a secret is
 * rotated; without a key the request goes out unsigned.
 */
export function webhookHeaders(o: { id: string; nowMs: number; body: string; keys: readonly KeyObject[] }): Record<string, string> {
  const timestamp = String(Math.floor(o.nowMs / 1000));
  const headers: Record<string, string> = { 'webhook-id': o.id, 'webhook-timestamp': timestamp };
  if (o.keys.length === 0) return headers;
  const signed = `${o.id}.${timestamp}.${o.body}`;
  headers['webhook-signature'] = o.keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ');
  return headers;
}
