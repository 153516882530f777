import type { Bus } from '@baton/bus/connect.ts';
import { consume } from '@baton/bus/consume.ts';
import { dead, done, type Outcome, retry } from '@baton/bus/settle.ts';
import { againHeader, streams } from '@baton/contracts/subjects.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { extractTrace } from '@baton/telemetry/carriers.ts';
import { inSpan, SpanKind } from '@baton/telemetry/spans.ts';
import type { JsMsg } from '@nats-io/jetstream';
import type { Kysely } from 'kysely';
import { givesUp } from './domain/give-up.ts';
import type { Events } from './events.ts';
import { UnreadableSignal } from './signals.ts';
import { writeDeadLetter } from './store/dead-letters.ts';
import type { Tables } from './store/tables.ts';
import { isUnreachable } from './turn-client.ts';

type Handle = (message: JsMsg) => Promise<Outcome>;

/** Milliseconds until a failed signal comes again. */
export type RedeliverIn = (deliveries: number, random: number) => number;

export interface ConsumerDeps {
  bus: Bus;
  db: Kysely<Tables>;
  logger: Logger;
  events: Events;
  traced: boolean;
  redeliverIn: RedeliverIn;
}

/** One durable consumer, shared by all instances. `handlers`: by the first two words of the subject. */
export function startConsumer(
  deps: ConsumerDeps,
  o: { durable: string; concurrency: number; handlers: Record<string, Handle> },
): AsyncDisposable {
  const handle: Handle = (message) => {
    const type = message.subject.split('.', 2).join('.');
    const handler = o.handlers[type];
    // Of a stream that is filled again. What its signals were about is long done, or found by conversation-state's sweep; an erasure must reach everybody.
    if (message.headers?.has(againHeader) && type !== 'conversation.erased') return Promise.resolve(done);
    if (!handler) throw new Error(`${o.durable} got ${message.subject}.`);
    if (!deps.traced) return handler(message);
    return inSpan(type, { kind: SpanKind.CONSUMER, parent: extractTrace(message.headers) }, () => handler(message));
  };
  return consume(deps.bus, {
    stream: streams.events,
    durable: o.durable,
    filterSubjects: Object.keys(o.handlers).map((type) => `${type}.>`),
    concurrency: o.concurrency,
    // A dead instance's work starts again elsewhere after so long.
    ackWaitMs: 10_000,
    // Over all instances, signals that wait out a pause included: one backend that is down must not stop the others' from being delivered.
    maxAckPending: 50_000,
    handle,
    failed: (message, error) => failed(deps, o.durable, message, error),
    logger: deps.logger,
  });
}

async function failed(deps: ConsumerDeps, durable: string, message: JsMsg, error: unknown): Promise<Outcome> {
  const { subject } = message;
  const deliveries = message.info.deliveryCount;
  const failure = error instanceof UnreadableSignal ? 'unreadable' : isUnreachable(error) ? 'unreachable' : 'other';
  if (!givesUp(failure, deliveries)) {
    deps.events.signalFailed({ subject, deliveries, error });
    return retry(deps.redeliverIn(deliveries, Math.random()), failure);
  }
  const [, , , workspaceId = 'unknown'] = subject.split('.');
  const deadLetterId = await writeDeadLetter(deps.db, {
    workspaceId,
    deliveryKey: `${durable}:${message.info.streamSequence}:${message.info.timestampNanos}`,
    subject,
    // Postgres stores no NUL; bytes that are no UTF-8 are shown as such.
    payload: new TextDecoder().decode(message.data).replaceAll('\0', '\uFFFD'),
    error: error instanceof Error ? error.message : String(error),
    attempts: deliveries,
    traceId: message.headers?.get('traceparent')?.split('-')[1] ?? null,
  });
  deps.events.deadLetterWritten({ deadLetterId, subject, deliveries, error });
  return dead('recorded as a dead letter');
}
