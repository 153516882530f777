import { type Answer, call } from './support.ts';

type Gateway = Parameters<typeof call>[0];

/** Somebody with a browser: keeps the cookie, and sends what our own page would. */
export class Person {
  readonly #gateway: Gateway;
  readonly #headers: Record<string, string>;
  cookie = '';
  // biome-ignore lint/suspicious/noExplicitAny: the answer to the sign-in.
  session: any;

  constructor(gateway: Gateway, headers: Record<string, string> = {}) {
    this.#gateway = gateway;
    this.#headers = headers;
  }

  /** Whatever is answered; where it is a session, this person has it from now on. */
  async post(path: string, body: unknown): Promise<Answer> {
    const answer = await this.ask('POST', path, body);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
    if (cookie) {
      this.cookie = cookie;
      this.session = answer.body;
    }
    return answer;
  }

  signIn(body: unknown): Promise<Answer> {
    return this.post('/v1/sessions', body);
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return call(this.#gateway, {
      method,
      path,
      ...(body !== undefined && { body }),
      headers: {
        ...this.#headers,
        ...(this.cookie !== '' && { cookie: this.cookie }),
        ...(this.session && { 'x-csrf-token': this.session.csrf_token }),
        ...headers,
      },
    });
  }

  /** The status of a request that only reads. */
  async status(path = '/v1/sessions/current'): Promise<number> {
    return (await this.ask('GET', path)).status;
  }
}
