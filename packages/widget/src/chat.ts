import { Api, Refusal } from './api.ts';
import { pauseFor } from './backoff.ts';
import { Outbox } from './outbox.ts';
import type { HostUser, Mode, Session, VisitorFrame } from './protocol.ts';
import { Receipts } from './receipts.ts';
import { eventsOf } from './sse.ts';
import type { Store } from './storage.ts';
import { type Line, Thread } from './thread.ts';

/** Baton is heard from every 15 s; after this silence the connection is taken for dead. */
const silenceMs = 40_000;
/** What was stored and does not show in the thread by then never will: it was erased meanwhile. */
const forgetMs = 300_000;
/** An account that refuses us may be repaired: so often it is asked again. */
const refusedMs = 300_000;

/** So many failures in a row, with a network, are no passing trouble. A browser does not tell a refused origin from a server that is away. */
const patience = 2;

export type Link = 'idle' | 'connecting' | 'live' | 'offline' | 'unavailable';

export interface ChatOptions {
  base: string;
  channel: string;
  user: HostUser | undefined;
  store: Store;
  /** Told whenever anything below may have changed. */
  changed: () => void;
}

/** The visitor's side of one conversation: keeps the stream, sends what was written, confirms what was seen. Knows nothing of how it looks. */
export class Chat {
  mode: Mode | undefined;
  agent = '';
  typing = false;
  older: string | null = null;
  link: Link = 'idle';
  readonly #o: ChatOptions;
  readonly #api: Api;
  readonly #thread = new Thread();
  readonly #outbox: Outbox;
  readonly #receipts = new Receipts(async (items) => this.#api.post(await this.#open(), items));
  readonly #slot: string;
  #session: Promise<Session> | undefined;
  #stream: AbortController | undefined;
  #stopped = false;
  #resting = false;
  #seen = false;
  #sending = false;
  #wake: () => void = () => undefined;

  constructor(o: ChatOptions) {
    this.#o = o;
    this.#api = new Api(o.base, o.channel);
    // Who is logged in at the host page has a place of their own: the next one at this computer sees nothing of it.
    this.#slot = `baton.${o.channel}.${o.user ? `u.${o.user.id}` : 'anonymous'}`;
    this.#outbox = new Outbox(o.store, `${this.#slot}.outbox`);
  }

  get outboxKey(): string {
    return this.#outbox.key;
  }

  /** Whether they have been here before, or must be known from the start. */
  get isKnown(): boolean {
    return this.#o.user !== undefined || this.#o.store.getItem(this.#slot) !== null;
  }

  get lines(): Line[] {
    return this.#thread.lines(this.#outbox.list());
  }

  get unread(): number {
    return this.#thread.received.filter((message) => !this.#receipts.isRead(message)).length;
  }

  /** Begins once; from then on it stays connected by itself. */
  start(): void {
    if (this.link !== 'idle') return;
    this.link = 'connecting';
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#stream?.abort();
    this.#wake();
  }

  /** Forgets the visitor on this computer. */
  forget(): void {
    this.stop();
    this.#o.store.removeItem(this.#slot);
    this.#o.store.removeItem(this.#outbox.key);
  }

  /** A page that nobody looks at holds no connection: a browser has few of them for all tabs. */
  rest(): void {
    this.#resting = true;
    this.#stream?.abort();
  }

  /** Whatever kept us may be over: try at once. */
  wake(): void {
    this.#resting = false;
    this.#wake();
    void this.#send();
  }

  /** The network is gone: a stream that looks open is none. */
  lostNetwork(): void {
    this.#stream?.abort();
  }

  /** Whether the visitor has the messages in front of them. */
  setSeen(seen: boolean): void {
    this.#seen = seen;
    this.#confirm();
    this.#o.changed();
  }

  /** false: there is no room for one more. */
  write(text: string): boolean {
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    if (!this.#outbox.add({ id, text, at: new Date().toISOString() })) return false;
    this.start();
    void this.#send();
    this.#o.changed();
    return true;
  }

  retry(id: string): void {
    this.#outbox.mark(id, 'waiting');
    void this.#send();
    this.#o.changed();
  }

  discard(id: string): void {
    this.#outbox.remove((one) => one === id);
    this.#o.changed();
  }

  async loadOlder(): Promise<void> {
    if (this.older === null) return;
    const { messages, older } = await this.#api.page(await this.#open(), this.older);
    for (const message of messages) this.#thread.put(message);
    this.older = older;
    this.#confirm();
    this.#o.changed();
  }

  #open(): Promise<Session> {
    this.#session ??= this.#api.session(this.#o.store.getItem(this.#slot), this.#o.user).then(
      (session) => {
        this.#o.store.setItem(this.#slot, session.token);
        return session;
      },
      (error: unknown) => {
        this.#session = undefined;
        throw error;
      },
    );
    return this.#session;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopped; ) {
      let waitMs = 0;
      try {
        await this.#follow(() => {
          failures = 0;
        });
      } catch (error) {
        const refusal = error instanceof Refusal ? error : undefined;
        if (refusal?.kind === 'stranger') this.#session = undefined;
        if (refusal && refusal.kind !== 'later' && failures > 0) waitMs = refusedMs;
        else waitMs = refusal?.waitMs ?? 0;
      }
      if (this.#stopped) return;
      if (failures === patience)
        console.warn(`baton: ${this.#o.base} refuses or cannot be reached. Is ${location.origin} one of the account's allowed_origins?`);
      this.#set(navigator.onLine ? (failures >= patience || waitMs === refusedMs ? 'unavailable' : 'connecting') : 'offline');
      await this.#pause(Math.max(waitMs, pauseFor(failures++, Math.random())));
    }
  }

  /** Resolves when the stream has ended. */
  async #follow(live: () => void): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    const silence = { timer: setTimeout(() => stream.abort(), silenceMs) };
    const heard = () => {
      clearTimeout(silence.timer);
      silence.timer = setTimeout(() => stream.abort(), silenceMs);
    };
    try {
      const body = await this.#api.stream(await this.#open(), stream.signal);
      for await (const data of eventsOf(body, heard)) {
        this.#take(JSON.parse(data) as VisitorFrame);
        if (this.link !== 'live') {
          live();
          this.#set('live');
          void this.#send();
        }
      }
    } finally {
      clearTimeout(silence.timer);
      stream.abort();
      this.typing = false;
    }
  }

  #take(frame: VisitorFrame): void {
    switch (frame.type) {
      case 'thread':
        this.#thread.replace(frame.messages);
        this.older = frame.older;
        this.mode = frame.mode;
        this.agent = frame.agent;
        break;
      case 'message':
        this.#thread.put(frame.message);
        break;
      case 'mode':
        this.mode = frame.mode;
        break;
      case 'typing':
        this.typing = frame.on;
        break;
    }
    this.#tidy();
    this.#confirm();
    this.#o.changed();
  }

  /** What the thread shows needs no place here any more. */
  #tidy(): void {
    const known = this.#thread.clientIds;
    const old = new Set(
      this.#outbox
        .list()
        .filter(({ state, at }) => state === 'stored' && Date.now() - Date.parse(at) > forgetMs)
        .map(({ id }) => id),
    );
    this.#outbox.remove((id) => known.has(id) || old.has(id));
  }

  #confirm(): void {
    this.#receipts.confirm(this.#thread.received, this.#seen);
  }

  /** Sends what waits, one after the other; of several tabs one at a time does it. What fails waits for the next occasion. */
  async #send(): Promise<void> {
    if (this.#sending || this.#stopped || !this.#outbox.list().some(({ state }) => state === 'waiting')) return;
    this.#sending = true;
    let again = 0;
    try {
      await exclusively(this.#outbox.key, async () => {
        for (;;) {
          const next = this.#outbox.list().find(({ state }) => state === 'waiting');
          if (!next || this.#stopped) return;
          await this.#post(next);
          this.#o.changed();
        }
      });
    } catch (error) {
      again = Math.max(error instanceof Refusal ? error.waitMs : 0, pauseFor(1, Math.random()));
    } finally {
      this.#sending = false;
    }
    if (again > 0) setTimeout(() => void this.#send(), again);
  }

  async #post({ id, text }: { id: string; text: string }): Promise<void> {
    try {
      await this.#api.post(await this.#open(), [{ type: 'message', id, text, page: pageAddress() }]);
      this.#outbox.mark(id, 'stored');
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'stranger') this.#session = undefined;
      if (!(error instanceof Refusal) || error.kind !== 'refused') throw error;
      this.#outbox.mark(id, 'refused');
    }
  }

  #set(link: Link): void {
    this.link = link;
    this.#o.changed();
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#resting ? undefined : setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Without query and fragment: sites put tokens and names of people there. */
function pageAddress(): string {
  return `${location.origin}${location.pathname}`.slice(0, 2000);
}

/** Where the browser has no locks, two tabs may post the same message: it has one id, so it is one. */
async function exclusively(name: string, work: () => Promise<void>): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request(name, work);
  else await work();
}
