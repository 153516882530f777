import { LRUCache } from 'lru-cache';

/** What a phone does to what is sent to it next. */
export interface Trouble {
  /** So many sends are refused. */
  refuse: number;
  /** The receipts of one message come so much later. */
  receiptsLateMs: number;
}

const none: Trouble = { refuse: 0, receiptsLateMs: 0 };

/** Phones beyond that are forgotten, the oldest first: this is for trying things out. */
const mostPhones = 1000;

/** Kept in memory, so it counts for sends that come to this instance: a simulated provider is one process in every installation that has one. */
export class Troubles {
  readonly #byPhone = new LRUCache<string, Trouble>({ max: mostPhones });

  /** `to` undefined: whichever phone of the account is sent to next. */
  set(at: { channelAccountId: string; to: string | undefined }, trouble: Trouble): void {
    this.#keep(keyOf(at), trouble);
  }

  /** Whether this send is refused, and how late its receipts are: said once for each. */
  meet(at: { channelAccountId: string; to: string }): { refused: boolean; receiptsLateMs: number } {
    for (const key of [keyOf(at), keyOf({ ...at, to: undefined })]) {
      const trouble = this.#byPhone.get(key) ?? none;
      if (trouble.refuse > 0) {
        this.#keep(key, { ...trouble, refuse: trouble.refuse - 1 });
        return { refused: true, receiptsLateMs: 0 };
      }
      if (trouble.receiptsLateMs > 0) {
        this.#keep(key, none);
        return { refused: false, receiptsLateMs: trouble.receiptsLateMs };
      }
    }
    return { refused: false, receiptsLateMs: 0 };
  }

  #keep(key: string, trouble: Trouble): void {
    if (trouble.refuse > 0 || trouble.receiptsLateMs > 0) this.#byPhone.set(key, trouble);
    else this.#byPhone.delete(key);
  }
}

const keyOf = ({ channelAccountId, to }: { channelAccountId: string; to: string | undefined }) => `${channelAccountId} ${to ?? ''}`;
