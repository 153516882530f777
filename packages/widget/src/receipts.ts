import type { SeenMessage, WidgetItem } from './protocol.ts';

type Receipt = Extract<WidgetItem, { type: 'receipt' }>;

const perRequest = 50;

/** What this page has confirmed, so that it does so once; what could not be posted is confirmed again. */
export class Receipts {
  readonly #done = new Set<string>();
  readonly #post: (receipts: Receipt[]) => Promise<void>;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #next: Receipt[] = [];

  constructor(post: (receipts: Receipt[]) => Promise<void>) {
    this.#post = post;
  }

  isRead(message: SeenMessage): boolean {
    return message.status === 'read' || this.#done.has(`${message.id} read`);
  }

  /** `seen`: the visitor has the messages in front of them. */
  confirm(received: readonly SeenMessage[], seen: boolean): void {
    for (const message of received) {
      if (seen && !this.isRead(message)) this.#add({ type: 'receipt', message_id: message.id, status: 'read' });
      else if (!seen && message.status === 'sent') this.#add({ type: 'receipt', message_id: message.id, status: 'delivered' });
    }
    // Those of one burst go together.
    if (this.#next.length > 0) this.#waiting ??= setTimeout(() => void this.#flush(), 150);
  }

  #add(receipt: Receipt): void {
    const name = `${receipt.message_id} ${receipt.status}`;
    if (this.#done.has(name)) return;
    this.#done.add(name);
    this.#next.push(receipt);
  }

  async #flush(): Promise<void> {
    this.#waiting = undefined;
    const batch = this.#next.splice(0, perRequest);
    try {
      await this.#post(batch);
      if (this.#next.length > 0) await this.#flush();
    } catch {
      for (const { message_id, status } of batch) this.#done.delete(`${message_id} ${status}`);
    }
  }
}
