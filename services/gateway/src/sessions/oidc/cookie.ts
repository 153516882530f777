import { type Sealed, SecretBox } from '@baton/runtime/secret-box.ts';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Config } from '../../config.ts';
import type { Pending } from './oidc.ts';

const lifeSeconds = 600;
const context = 'oidc sign-in';

/**
 * What a sign-in at the provider was begun with, for the browser that began it: sealed, since it holds the secret that the code is redeemed with. `Lax`, unlike the
 * session's own: the provider's page sends the browser back.
 */
export class OidcCookie {
  readonly #box: SecretBox;
  readonly #secure: boolean;
  readonly #name: string;

  constructor({ secretKeys, gatewayUrl }: Pick<Config, 'secretKeys' | 'gatewayUrl'>) {
    this.#box = new SecretBox(secretKeys);
    this.#secure = gatewayUrl.startsWith('https:');
    this.#name = this.#secure ? '__Host-baton_oidc' : 'baton_oidc';
  }

  set(pending: Pending): string {
    const sealed = this.#box.seal(JSON.stringify({ pending, until: Date.now() + lifeSeconds * 1000 }), context);
    return this.#write(Buffer.from(JSON.stringify(sealed)).toString('base64url'), lifeSeconds);
  }

  clear(): string {
    return this.#write('', 0);
  }

  /** undefined: there is none, it is too old, or not one of ours. */
  read(header: string | undefined): Pending | undefined {
    const value = header === undefined ? undefined : parseCookie(header)[this.#name];
    if (!value) return undefined;
    try {
      const sealed = JSON.parse(Buffer.from(value, 'base64url').toString()) as Sealed;
      const { pending, until } = JSON.parse(this.#box.open(sealed, context)) as { pending: Pending; until: number };
      return until > Date.now() ? pending : undefined;
    } catch {
      return undefined;
    }
  }

  #write(value: string, maxAge: number): string {
    return stringifySetCookie({ name: this.#name, value, maxAge, httpOnly: true, sameSite: 'lax', path: '/', secure: this.#secure });
  }
}
