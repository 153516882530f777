import { createHmac } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';

/**
 * The cookie of a session. No script can read it, no other site's page makes a browser send it, and over TLS its name (`__Host-`) keeps neighbouring hosts from
 * setting one.
 */
export class SessionCookie {
  readonly name: string;
  readonly #secure: boolean;

  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith('https:');
    this.name = this.#secure ? '__Host-baton_session' : 'baton_session';
  }

  /** The token in a request's `Cookie` header; undefined: none that could be one. */
  read(header: string | undefined): string | undefined {
    const token = header === undefined ? undefined : parseCookie(header)[this.name];
    return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
  }

  /** `Set-Cookie` for a session that lasts so long. */
  set(token: string, lifeSeconds: number): string {
    return this.#write(token, lifeSeconds);
  }

  /** `Set-Cookie` that takes it away. */
  clear(): string {
    return this.#write('', 0);
  }

  #write(value: string, maxAge: number): string {
    return stringifySetCookie({ name: this.name, value, maxAge, httpOnly: true, sameSite: 'strict', path: '/', secure: this.#secure });
  }
}

/** What a page must send besides the cookie with whatever changes something. It follows from the session's token, which does not follow from it. */
export function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('baton csrf').digest('base64url');
}
