import type { HostUser, Page, Session, WidgetItem } from './protocol.ts';

/** An answer that is no success. `refused`: the same request will never be taken; `stranger`: the token counts no more; `later`: worth another try. */
export class Refusal extends Error {
  readonly kind: 'refused' | 'stranger' | 'later';
  /** Milliseconds to leave it alone; 0: not said. */
  readonly waitMs: number;
  constructor(status: number, retryAfter: string | null) {
    super(`answered ${status}`);
    this.kind = status === 401 ? 'stranger' : status < 500 && ![408, 425, 429].includes(status) ? 'refused' : 'later';
    this.waitMs = Math.min(Number(retryAfter) || 0, 300) * 1000;
  }
}

const timeoutMs = 15_000;

/** The four requests of a widget. A network that fails throws what `fetch` throws. */
export class Api {
  readonly #base: string;

  constructor(base: string, channel: string) {
    this.#base = `${base}widget/${channel}`;
  }

  async session(token: string | null, user: HostUser | undefined): Promise<Session> {
    const body = JSON.stringify({ ...(token !== null && { token }), ...(user && { user }) });
    return (await this.#ask(`${this.#base}/session`, { method: 'POST', body })).json() as Promise<Session>;
  }

  async post(session: Session, items: WidgetItem[]): Promise<void> {
    await this.#ask(session.post_url, { method: 'POST', body: JSON.stringify(items) }, session);
  }

  async page(session: Session, page: string): Promise<Page> {
    return (await this.#ask(`${this.#base}/messages?page=${encodeURIComponent(page)}`, {}, session)).json() as Promise<Page>;
  }

  /** The bytes of the stream, until `signal`. */
  async stream(session: Session, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.#ask(`${this.#base}/stream`, { signal }, session);
    if (!answer.body) throw new Error('a stream without a body');
    return answer.body;
  }

  async #ask(url: string, init: RequestInit, session?: Session): Promise<Response> {
    const answer = await fetch(url, {
      // No cookie ever: who asks is said by the token.
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
      ...init,
      headers: {
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
        ...(session && { authorization: `Bearer ${session.token}` }),
      },
    });
    if (!answer.ok) throw new Refusal(answer.status, answer.headers.get('retry-after'));
    return answer;
  }
}
