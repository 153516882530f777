/** What to do with a message that was claimed before, by somebody who never said how it went. */
export type InDoubt = 'wait' | 'send_again' | 'unknown';

export interface Doubt {
  /** Only a second signal says that whoever claimed it is gone or stuck; a first one may have overtaken them. */
  redelivered: boolean;
  /** The provider keeps one message per key, so a repeat reaches nobody twice. */
  idempotentSend: boolean;
  /** A person took over since: an AI's message must not start again. */
  stale: boolean;
  /** How often this signal was delivered. */
  deliveries: number;
}

/** A provider that never answers must not be asked for ever. */
export const mostDoubtfulDeliveries = 12;

export function settleDoubt(d: Doubt): InDoubt {
  if (!d.redelivered) return 'wait';
  return d.idempotentSend && !d.stale && d.deliveries < mostDoubtfulDeliveries ? 'send_again' : 'unknown';
}
