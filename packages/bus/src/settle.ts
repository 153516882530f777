import type { JsMsg } from '@nats-io/jetstream';

/** What a handler decided about a message. `dead` means: recorded as a dead letter, never to come again. */
export type Outcome = { kind: 'done' } | { kind: 'retry'; delayMs: number; reason: string } | { kind: 'dead'; reason: string };

export const done: Outcome = { kind: 'done' };
export const retry = (delayMs: number, reason: string): Outcome => ({ kind: 'retry', delayMs, reason });
export const dead = (reason: string): Outcome => ({ kind: 'dead', reason });

/** The only place that acknowledges. An acknowledgement may be lost: every handler must bear seeing its message again. */
export function settle(message: JsMsg, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'done':
      message.ack();
      return;
    case 'retry':
      message.nak(outcome.delayMs);
      return;
    case 'dead':
      message.term(outcome.reason);
      return;
    default:
      outcome satisfies never;
  }
}
