import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** An encrypted value with the id of the key that opens it. Fields are base64. */
export interface Sealed {
  key_id: string;
  iv: string;
  tag: string;
  data: string;
}

/** AES-256-GCM with rotation: the first key seals, every key opens. `context` (workspace and field) is authenticated, so a value can't be moved to another row. */
export class SecretBox {
  readonly #keys: Map<string, Buffer>;
  readonly #current: string;

  /** `keys`: `<id>:<base64 of 32 bytes>` each, the sealing one first. Throws a sentence when one is malformed. */
  constructor(keys: string[]) {
    this.#keys = new Map(keys.map(parseKey));
    const first = this.#keys.keys().next();
    if (first.done) throw new Error('BATON_SECRET_KEYS holds no key; make one with: openssl rand -base64 32');
    this.#current = first.value;
  }

  seal(plain: string, context: string): Sealed {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(this.#current)!, iv).setAAD(Buffer.from(context));
    const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return { key_id: this.#current, iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data: data.toString('base64') };
  }

  /** Throws when the key is unknown, or the value or its context was changed. */
  open(sealed: Sealed, context: string): string {
    const key = this.#keys.get(sealed.key_id);
    if (!key)
      throw new Error(`No secret key with id ${sealed.key_id}; keep old keys in BATON_SECRET_KEYS until everything is re-encrypted.`);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'))
      .setAAD(Buffer.from(context))
      .setAuthTag(Buffer.from(sealed.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]).toString('utf8');
  }

  /** Keys for one purpose alone, one of each secret key, the sealing one's first: whoever has one of them learns nothing of the others. Hex. */
  derive(purpose: string): string[] {
    const current = this.#keys.get(this.#current)!;
    const all = [current, ...[...this.#keys.values()].filter((key) => key !== current)];
    return all.map((key) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32)).toString('hex'));
  }
}

function parseKey(entry: string): [string, Buffer] {
  const at = entry.indexOf(':');
  const key = Buffer.from(entry.slice(at + 1), 'base64');
  if (at < 1 || key.length !== 32) throw new Error('Each entry of BATON_SECRET_KEYS must read <id>:<base64 of 32 bytes>.');
  return [entry.slice(0, at), key];
}
