import type { SimulatorConfig } from '../config.ts';
import type { Events } from '../events.ts';
import { type Publisher, receiptPublication } from '../publisher.ts';
import { phoneReceipt } from './phone.ts';

export interface Receipts extends Disposable {
  /** The phone confirms the message as delivered, later as read; both by so much later. */
  schedule(message: { workspaceId: string; channelAccountId: string; messageId: string; lateMs: number }): void;
}

/** Kept in memory alone: a simulated receipt lost in a restart is like a phone that was switched off. */
export function simulateReceipts(config: SimulatorConfig, publisher: Publisher, events: Events): Receipts {
  const waiting = new Set<NodeJS.Timeout>();
  const later = (ms: number, work: () => Promise<unknown>, channelAccountId: string) => {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      work().catch((error: unknown) => events.simulatorReceiptLost(channelAccountId, error));
    }, ms);
    waiting.add(timer);
  };
  return {
    schedule(message) {
      if (!config.receipts) return;
      for (const [status, ms] of [
        ['delivered', config.deliveredMs],
        ['read', config.readMs],
      ] as const) {
        later(
          ms + message.lateMs,
          () => publisher.storeOne(receiptPublication(phoneReceipt({ ...message, status, at: new Date() }))),
          message.channelAccountId,
        );
      }
    },
    [Symbol.dispose]() {
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}
