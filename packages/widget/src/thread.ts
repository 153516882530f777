import type { Written } from './outbox.ts';
import type { SeenMessage } from './protocol.ts';

const steps: Record<SeenMessage['status'], number> = { received: 0, sent: 0, delivered: 1, read: 2 };

/** One line of what the visitor sees. `key` stays the same from the moment it is written until for ever. */
export interface Line {
  key: string;
  message: SeenMessage | undefined;
  written: Written | undefined;
}

/** What was said, as far as this page knows. The same message may come again and late: it never goes back a step. */
export class Thread {
  readonly #messages = new Map<string, SeenMessage>();

  /** Everything anew, as after a connection was lost. Messages that are gone (a conversation was erased) go here too. */
  replace(messages: readonly SeenMessage[]): void {
    const before = new Map(this.#messages);
    this.#messages.clear();
    for (const message of messages) this.#messages.set(message.id, newer(before.get(message.id), message));
  }

  put(message: SeenMessage): void {
    this.#messages.set(message.id, newer(this.#messages.get(message.id), message));
  }

  get clientIds(): Set<string> {
    return new Set([...this.#messages.values()].flatMap(({ client_id }) => client_id ?? []));
  }

  /** What came from the other side. */
  get received(): SeenMessage[] {
    return [...this.#messages.values()].filter(({ author }) => author !== 'visitor');
  }

  /** In the order in which it was said; what still waits here stands below. */
  lines(outbox: readonly Written[]): Line[] {
    const said = [...this.#messages.values()].sort((a, b) => (a.position < b.position ? -1 : 1));
    const known = this.clientIds;
    return [
      ...said.map((message) => ({
        key: message.client_id === null ? `m:${message.id}` : `c:${message.client_id}`,
        message,
        written: undefined,
      })),
      ...outbox.filter(({ id }) => !known.has(id)).map((written) => ({ key: `c:${written.id}`, message: undefined, written })),
    ];
  }
}

function newer(known: SeenMessage | undefined, given: SeenMessage): SeenMessage {
  return known && steps[known.status] > steps[given.status] ? { ...given, status: known.status } : given;
}
