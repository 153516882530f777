import type { Store } from './storage.ts';

/** What the visitor wrote and the thread does not show yet. `refused`: for good; the visitor decides what becomes of it. */
export interface Written {
  id: string;
  text: string;
  at: string;
  state: 'waiting' | 'stored' | 'refused';
}

export const maxWaiting = 50;

/**
 * Outlives reloads, and is shared by the tabs of a visitor: it is read anew for every look. Its ids are the messages' ids at Baton, so two tabs that post the
 * same one make one message.
 */
export class Outbox {
  readonly #store: Store;
  readonly #key: string;

  constructor(store: Store, key: string) {
    this.#store = store;
    this.#key = key;
  }

  get key(): string {
    return this.#key;
  }

  list(): Written[] {
    try {
      const found: unknown = JSON.parse(this.#store.getItem(this.#key) ?? '[]');
      return Array.isArray(found) ? (found as Written[]) : [];
    } catch {
      return [];
    }
  }

  /** false: it holds as much as it may; nothing is dropped in silence. */
  add(message: Pick<Written, 'id' | 'text' | 'at'>): boolean {
    const list = this.list();
    if (list.length >= maxWaiting) return false;
    return this.#keep([...list, { ...message, state: 'waiting' }]);
  }

  mark(id: string, state: Written['state']): void {
    this.#keep(this.list().map((one) => (one.id === id ? { ...one, state } : one)));
  }

  remove(ids: (id: string) => boolean): void {
    const list = this.list();
    const left = list.filter((one) => !ids(one.id));
    if (left.length < list.length) this.#keep(left);
  }

  #keep(list: Written[]): boolean {
    try {
      if (list.length === 0) this.#store.removeItem(this.#key);
      else this.#store.setItem(this.#key, JSON.stringify(list));
      return true;
    } catch {
      // The browser's quota.
      return false;
    }
  }
}
