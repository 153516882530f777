import type { Logger } from '@baton/runtime/logger.ts';
import { counter, duration, gauge } from '@baton/telemetry/metrics.ts';

const turns = counter('turns_total', 'AI turns by how they ended here');
const turnAttempts = counter('turn_attempts_total', 'Requests to AI backends by result');
const backendSeconds = duration('turn_backend_seconds', 'From the first request to an AI backend to its answer, retries included');
const sends = counter('sends_total', 'Sends by provider and outcome');
const providerSeconds = duration('send_provider_seconds', 'One request to a provider');
const retries = counter('signals_retried_total', 'Signals put back, by kind and reason');
const deadLetters = counter('dead_letters_total', 'Signals given up');
const deliveries = counter('webhook_deliveries_total', 'Deliveries made of events, one for each endpoint that wants it');
const deliveryAttempts = counter('webhook_attempts_total', 'Requests to webhook endpoints, by result');
const attemptSeconds = duration('webhook_attempt_seconds', 'One request to a webhook endpoint');
const disabled = counter('webhook_endpoints_disabled_total', 'Webhook endpoints turned off, by reason');
const shunned = counter(
  'ai_backends_shunned_total',
  'Times that an AI backend failed so often in a row that it is asked by one turn at a time',
);
const shadows = counter('shadow_turns_total', 'Turns put to shadow backends, by result');
const replayed = counter('replay_turns_total', 'Past turns put to other backends by replays, by result');
const typing = counter('typing_signs_total', 'Signs to customers that somebody writes, by provider and result');
const cutOff = counter('turns_cut_off_total', 'AI calls cut off in flight, by cause');

/** What happened, said once: a log line (ids only, never a text or an address) and a metric. Routine facts are logged at debug: there are thousands a second. */
export interface Events {
  /** `outcome`: what conversation-state made of the turn, or why it did not begin. */
  turnEnded(o: { dispatchId: string; conversationId: string; outcome: string }): void;
  backendAsked(o: {
    dispatchId: string;
    agentId: string;
    attempt: number;
    result: 'ok' | 'retry' | 'failed' | 'cut_off';
    detail?: string;
  }): void;
  backendAnswered(backend: string, seconds: number): void;
  shadowAsked(result: 'reply' | 'silent' | 'deferred' | 'failed' | 'left_out' | 'lost'): void;
  /** `lost`: it was cancelled, erased or taken over meanwhile. */
  replayAsked(result: 'done' | 'failed' | 'skipped' | 'lost'): void;
  /** `inHand`: how many turns of replays are under way. */
  watchReplays(inHand: () => number): void;
  typingShown(o: { provider: string; result: 'ok' | 'failed' }): void;
  /** It has failed so often in a row that it is asked by one turn at a time. */
  backendShunned(o: { agentId: string }): void;
  backendBack(o: { agentId: string }): void;
  /** `open`: how many AI backends are shunned now. */
  watchBackends(open: () => number): void;
  turnCutOff(o: { dispatchId: string; cause: 'mode_changed' | 'superseded' | 'stopping' }): void;
  sendEnded(o: { messageId: string; conversationId: string; provider: string; outcome: string; code?: string }): void;
  providerAnswered(provider: string, seconds: number): void;
  signalRetried(o: { kind: string; id: string; reason: string }): void;
  signalFailed(o: { subject: string; deliveries: number; error: unknown }): void;
  deliveriesMade(count: number): void;
  deliveryAttempted(o: {
    deliveryId: string;
    endpointId: string;
    attempt: number;
    result: 'delivered' | 'retry' | 'dead';
    status: number | undefined;
    seconds: number;
  }): void;
  endpointDisabled(o: { endpointId: string; workspaceId: string; reason: string }): void;
  /** `inHand`: how many requests to webhook endpoints are under way. */
  watchWebhooks(inHand: () => number): void;
  deadLetterWritten(o: { deadLetterId: string; subject: string; deliveries: number; error: unknown }): void;
}

export function createEvents(logger: Logger): Events {
  return {
    turnEnded(o) {
      turns(1, { outcome: o.outcome });
      if (o.outcome === 'failed') logger.warn(o, 'turn failed');
      else logger.debug(o, 'turn ended');
    },
    backendAsked(o) {
      turnAttempts(1, { result: o.result });
      if (o.result === 'retry' || o.result === 'failed') logger.warn(o, 'the AI backend did not give an answer');
    },
    backendAnswered: (backend, seconds) => backendSeconds(seconds, { backend }),
    shadowAsked: (result) => shadows(1, { result }),
    replayAsked: (result) => replayed(1, { result }),
    watchReplays: (inHand) => gauge('replay_turns_in_hand', 'Past turns that replays have under way', inHand),
    typingShown: (o) => typing(1, o),
    backendShunned(o) {
      shunned(1);
      logger.warn(o, 'an AI backend fails again and again: it is asked by one turn at a time');
    },
    backendBack: (o) => logger.info(o, 'an AI backend answers again'),
    watchBackends: (open) => gauge('ai_backends_shunned', 'AI backends that are asked by one turn at a time, because they fail', open),
    turnCutOff(o) {
      cutOff(1, { cause: o.cause });
      logger.info(o, 'AI call cut off');
    },
    sendEnded(o) {
      sends(1, { provider: o.provider, outcome: o.outcome });
      if (o.outcome === 'failed' || o.outcome === 'unknown') logger.warn(o, 'a message did not surely reach its provider');
      else logger.debug(o, 'send ended');
    },
    providerAnswered: (provider, seconds) => providerSeconds(seconds, { provider }),
    signalRetried(o) {
      retries(1, { kind: o.kind, reason: o.reason });
      logger.debug(o, 'signal put back');
    },
    signalFailed: (o) => logger.warn({ subject: o.subject, deliveries: o.deliveries, err: o.error }, 'a signal failed; it comes again'),
    deliveriesMade: (count) => deliveries(count),
    deliveryAttempted(o) {
      deliveryAttempts(1, { result: o.result });
      attemptSeconds(o.seconds, { result: o.result });
      if (o.result === 'dead') logger.warn(o, 'a delivery was given up');
      else logger.debug(o, 'a delivery was attempted');
    },
    endpointDisabled(o) {
      disabled(1, { reason: o.reason });
      logger.warn(o, 'a webhook endpoint was turned off');
    },
    watchWebhooks: (inHand) => gauge('webhook_attempts_in_hand', 'Requests to webhook endpoints under way', inHand),
    deadLetterWritten(o) {
      deadLetters(1, { kind: o.subject.split('.').slice(0, 2).join('.') });
      logger.error({ deadLetterId: o.deadLetterId, subject: o.subject, deliveries: o.deliveries, err: o.error }, 'a signal was given up');
    },
  };
}
