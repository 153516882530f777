/** What the people and the provider saw, in the order in which they saw it, and what of it must not have been. */
export class Judge {
  readonly idempotent: boolean;
  readonly breaches: string[] = [];
  /** What reached the customer, by message. */
  readonly delivered = new Map<string, number>();
  /** Odd: a person has the conversation and knows it. It moves on with the answer to a takeover, and before the request to give it back. */
  #phase = 0;
  /** The messages that every answer of this takeover has named. */
  #named: Set<string> | undefined;

  constructor(idempotent: boolean) {
    this.idempotent = idempotent;
  }

  get phase(): number {
    return this.#phase;
  }

  /** A takeover was answered; `named`: what may still arrive. */
  acknowledged(named: string[]): void {
    if (this.#phase % 2 === 0) {
      this.#phase++;
      this.#named = new Set(named);
    } else this.#named = this.#named?.intersection(new Set(named));
  }

  /** Somebody is about to give the conversation back. */
  givingBack(): void {
    if (this.#phase % 2 === 1) this.#phase++;
    this.#named = undefined;
  }

  /** Something of the AI's took effect; `sinceLeaving`: the phase when its commit left. */
  tookEffect(what: string, sinceLeaving: number): void {
    if (sinceLeaving % 2 === 1 && this.#phase === sinceLeaving) this.breaches.push(`${what} after the acknowledgement`);
  }

  /** The provider is called. */
  called(messageId: string): void {
    const before = this.delivered.get(messageId) ?? 0;
    if (before > 0 && this.idempotent) return;
    this.delivered.set(messageId, before + 1);
    if (before > 0) this.breaches.push(`${messageId} reached the customer twice`);
    if (this.#phase % 2 === 1 && !this.#named?.has(messageId))
      this.breaches.push(`${messageId} was sent after the acknowledgement, and not named in it`);
  }
}
