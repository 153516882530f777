import type { BatonEvent } from '@baton/contracts/events.ts';
import type { Hub } from '../stream/hub.ts';

export interface VisitorListener {
  /** An event of one of the visitor's conversations. */
  take(event: BatonEvent): void;
  /** Events may have been missed: what is shown must be read anew. */
  lost(): void;
  /** The process stops. */
  end(): void;
}

const marks = ['"channel":"web"', '"stream.gap"'].map((word) => Buffer.from(word));

/** The live events of visitors: each workspace with a visitor is one reader of the hub, whose events are parsed once for all of them. */
export class VisitorFeeds {
  readonly #hub: Pick<Hub, 'join'>;
  readonly #feeds = new Map<string, Feed>();

  constructor(hub: Pick<Hub, 'join'>) {
    this.#hub = hub;
  }

  /** `address`: the visitor's. Call it after the hub is ready. `know` names a conversation whose events carry no address; `leave` ends it. */
  listen(workspaceId: string, address: string, listener: VisitorListener): { know(conversationIds: string[]): void; leave(): void } {
    const feed = this.#feeds.get(workspaceId) ?? this.#open(workspaceId);
    feed.add(address, listener);
    return {
      know: (ids) => {
        for (const id of ids) feed.bind(id, address);
      },
      leave: () => {
        if (feed.remove(address, listener) > 0) return;
        feed.close();
        this.#feeds.delete(workspaceId);
      },
    };
  }

  #open(workspaceId: string): Feed {
    const feed = new Feed();
    feed.close = this.#hub.join({ workspaceId }, undefined, {
      write: (bytes) => feed.read(bytes),
      backlog: () => 0,
      drained: async () => true,
      end: () => feed.end(),
    });
    this.#feeds.set(workspaceId, feed);
    return feed;
  }
}

class Feed {
  close: () => void = () => undefined;
  readonly #listeners = new Map<string, Set<VisitorListener>>();
  /** Events about a conversation name it, not the visitor. */
  readonly #addressOf = new Map<string, string>();

  add(address: string, listener: VisitorListener): void {
    const there = this.#listeners.get(address);
    if (there) there.add(listener);
    else this.#listeners.set(address, new Set([listener]));
  }

  bind(conversationId: string, address: string): void {
    this.#addressOf.set(conversationId, address);
  }

  /** How many are left. */
  remove(address: string, listener: VisitorListener): number {
    const there = this.#listeners.get(address);
    there?.delete(listener);
    if (there?.size === 0) {
      this.#listeners.delete(address);
      for (const [conversationId, one] of this.#addressOf) if (one === address) this.#addressOf.delete(conversationId);
    }
    return this.#listeners.size;
  }

  read(bytes: Buffer): void {
    // Of a workspace's other channels not one event is parsed.
    if (!marks.some((mark) => bytes.includes(mark))) return;
    for (const frame of bytes.toString('utf8').split('\n\n')) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data === undefined || !marks.some((mark) => data.includes(mark.toString()))) continue;
      const event = JSON.parse(data) as BatonEvent | { event_type: 'stream.gap' };
      if (event.event_type === 'stream.gap') this.#everyone((listener) => listener.lost());
      else this.#give(event);
    }
  }

  end(): void {
    this.#everyone((listener) => listener.end());
  }

  #give(event: BatonEvent): void {
    if (event.channel !== 'web') return;
    const { conversation_id: conversationId } = event;
    const named = 'from_number' in event.payload ? event.payload.from_number : undefined;
    const address = named ?? this.#addressOf.get(conversationId);
    const listeners = address === undefined ? undefined : this.#listeners.get(address);
    if (!listeners || address === undefined) return;
    this.bind(conversationId, address);
    for (const listener of [...listeners]) listener.take(event);
  }

  #everyone(tell: (listener: VisitorListener) => void): void {
    for (const listener of [...this.#listeners.values()].flatMap((set) => [...set])) tell(listener);
  }
}
