import type { Logger } from '@baton/runtime/logger.ts';
import { counter, duration } from '@baton/telemetry/metrics.ts';

/** One helper per thing that happens: its log line and its numbers together. */
export type Events = ReturnType<typeof createEvents>;

export function createEvents(logger: Logger) {
  const stored = counter('inbound_messages_stored_total', 'Inbound messages stored');
  const duplicates = counter('inbound_duplicates_total', 'Inbound messages met again and left out');
  const receipts = counter('receipts_applied_total', 'Receipts that moved a message');
  const batch = duration('inbound_batch_seconds', 'From decoding a batch to its commit');
  const published = counter('events_published_total', 'Events published to EVENTS');
  const lag = duration('outbox_lag_seconds', 'Age of the oldest event of a batch when it was published');
  const dead = counter('dead_letters_total', 'Messages given up: alert on any');
  const turns = counter('turns_begun_total', 'Answers to BeginTurn by kind');
  const replies = counter('replies_committed_total', 'Answers to CommitReply by kind and outcome');
  const claims = counter('sends_claimed_total', 'Answers to ClaimSend by kind');
  const results = counter('sends_recorded_total', 'Send results by outcome');
  const modes = counter('mode_changes_total', 'Mode changes by target');
  const timers = counter('timers_fired_total', 'Timers fired by kind');
  const recovered = counter(
    'recovered_total',
    'Turns and sends signalled again, receipts and echoes matched later, because nothing had happened to them',
  );
  return {
    inboundStored(o: { stored: number; duplicates: number; receipts: number; seconds: number }) {
      stored(o.stored);
      if (o.duplicates > 0) duplicates(o.duplicates);
      if (o.receipts > 0) receipts(o.receipts);
      batch(o.seconds);
    },
    eventsPublished(o: { count: number; oldest: Date }) {
      published(o.count);
      lag((Date.now() - o.oldest.getTime()) / 1000);
    },
    deadLetter(o: { workspaceId: string; reason: string }) {
      dead(1, { reason: o.reason });
      logger.error({ workspace_id: o.workspaceId, reason: o.reason }, 'an inbound message was given up; see the dead letters');
    },
    turnsBegun(kinds: string[]) {
      for (const kind of kinds) turns(1, { kind });
    },
    repliesCommitted(answers: { kind: string; outcome?: string }[]) {
      for (const answer of answers) replies(1, { kind: answer.kind, outcome: answer.outcome ?? '' });
    },
    sendsClaimed(kinds: string[]) {
      for (const kind of kinds) claims(1, { kind });
    },
    sendsRecorded(outcomes: string[]) {
      for (const outcome of outcomes) results(1, { outcome });
    },
    modeChanged(o: { conversationId: string; from: string; to: string; epoch: number }) {
      modes(1, { to: o.to });
      // Not the reason: a person may have written it.
      logger.info({ conversation_id: o.conversationId, from: o.from, to: o.to, epoch: o.epoch }, 'mode changed');
    },
    timerFired(kind: string) {
      timers(1, { kind });
    },
    /** `ids`: of turns (with a mark at those that had begun) or messages, some of them. */
    recovered(o: { what: 'turn' | 'send' | 'receipt' | 'echo'; count: number; ids?: string[] }) {
      recovered(o.count, { what: o.what });
      logger.warn(o, 'signalled again what nothing had happened to');
    },
    rpcFault(method: string, error: unknown) {
      logger.error({ method, err: error }, 'a call failed');
    },
  };
}
