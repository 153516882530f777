import { type KeyObject, randomBytes } from 'node:crypto';
import type { SealedSecret } from '@baton/contracts/directory.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { webhookKey } from '../domain/signature.ts';
import type { EndpointRow } from '../store/webhooks/endpoints.ts';

/** Bytes of a key: what Standard Webhooks allows. */
const shortest = 24;
const longest = 64;

/** The given secret if it is a sound one, or a new one where none was given. */
export function chooseSecret(given: string): string {
  if (given === '') return `whsec_${randomBytes(32).toString('base64')}`;
  const key = given.startsWith('whsec_') ? webhookKey(given) : undefined;
  const bytes = key?.symmetricKeySize ?? 0;
  if (bytes < shortest || bytes > longest) throw invalidField('/secret', 'must read whsec_ and 24 to 64 bytes in base64');
  return given;
}

const context = (endpointId: string) => `webhook:${endpointId}`;

export function sealSecret(box: SecretBox, endpointId: string, secret: string): SealedSecret {
  return box.seal(secret, context(endpointId));
}

export function openSecret(box: SecretBox, endpointId: string, sealed: SealedSecret): string {
  return box.open(sealed, context(endpointId));
}

/** What signs a request now: the present secret, and the one before until it ends. Throws when one can't be opened. */
export function signingKeys(box: SecretBox): (endpoint: EndpointRow, nowMs: number) => KeyObject[] {
  const opened = new WeakMap<SealedSecret, KeyObject>();
  const keyOf = (endpointId: string, sealed: SealedSecret): KeyObject => {
    let key = opened.get(sealed);
    if (!key) {
      key = webhookKey(openSecret(box, endpointId, sealed));
      if (!key) throw new Error('the secret of the endpoint is no Standard Webhooks secret');
      opened.set(sealed, key);
    }
    return key;
  };
  return (endpoint, nowMs) => {
    const { endpoint_id: id, previous_secret: previous, previous_secret_expires_at: ends } = endpoint;
    const keys = [keyOf(id, endpoint.secret)];
    if (previous && ends && ends.getTime() > nowMs) keys.push(keyOf(id, previous));
    return keys;
  };
}
