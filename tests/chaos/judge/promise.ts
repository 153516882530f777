import type { MessageRow } from '../../support/judge/checker.ts';

/** A person had a conversation, by the clock of whoever asked: from the answer to the takeover until the moment they asked to give it back. */
export interface Takeover {
  conversationId: string;
  /** The customer's address. */
  address: string;
  answeredAt: number;
  /** Infinity when it was never given back. */
  gaveBackAt: number;
  /** The messages that the answer named as possibly still arriving. */
  named: readonly string[];
}

export interface Call {
  to: string;
  text: string;
  /** When the provider began to be asked, and when the last byte had come, by its own clock, which is the clock of whoever took over too. */
  at: number;
  wholeAt: number;
}

export interface Verdict {
  /** AI messages that were on their way to a provider while a person had the conversation, and that the takeover's answer did not name. */
  breaches: string[];
  /** For the ones that were named: ms from the acknowledgement to the last byte of the call. */
  named: number[];
}

/** Holds the provider's log against the promise of a takeover. */
export function judgeTakeovers(takeovers: readonly Takeover[], calls: readonly Call[], messages: readonly MessageRow[]): Verdict {
  const verdict: Verdict = { breaches: [], named: [] };
  const byAi = new Map(
    messages.filter(({ author }) => author === 'ai').map((row) => [`${row.conversation_id} ${row.text}`, row.message_id]),
  );
  const asked = Map.groupBy(calls, ({ to }) => to);
  for (const takeover of takeovers) {
    for (const call of asked.get(takeover.address) ?? []) {
      if (call.wholeAt <= takeover.answeredAt || call.at >= takeover.gaveBackAt) continue;
      const messageId = byAi.get(`${takeover.conversationId} ${call.text}`);
      if (messageId === undefined) continue;
      if (takeover.named.includes(messageId)) verdict.named.push(call.wholeAt - takeover.answeredAt);
      else
        verdict.breaches.push(
          `${messageId} of ${takeover.conversationId} went to the provider ${call.wholeAt - takeover.answeredAt} ms after the takeover was acknowledged, and was not named in it`,
        );
    }
  }
  return verdict;
}
