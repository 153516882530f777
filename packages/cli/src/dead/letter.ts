import type { Attempt, Delivery } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import type { DeadLetter } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';

/** Something that Baton gave up on. `inbound`: what came from a provider; `signal`: what the dispatcher was to act on; `delivery`: an event for a subscriber. */
export const kinds = ['inbound', 'signal', 'delivery'] as const;
export type Kind = (typeof kinds)[number];

export interface Letter {
  id: string;
  kind: Kind;
  /** `open`, `retried`, `dropped` */
  state: string;
  workspace_id: string;
  created_at: string;
  attempts: number;
  /** The subject it came by, or the type of the event and who was to get it. */
  about: string;
  error: string;
  trace_id: string | null;
}

export interface WholeLetter extends Letter {
  /** As it was received, which may hold what a customer wrote; null unless asked for. */
  text: string | null;
  tries: { number: number; started_at: string; duration_ms: number; status: number | null; error: string | null; answer: string | null }[];
}

export function letterOf(letter: DeadLetter, withText: boolean): Letter {
  return {
    id: letter.deadLetterId,
    kind: letter.service === 'dispatcher' ? 'signal' : 'inbound',
    state: letter.state,
    workspace_id: letter.workspaceId,
    created_at: iso(letter.createdAt),
    attempts: letter.attempts,
    about: letter.subject,
    error: withText ? letter.error : withoutQuotes(letter.error),
    trace_id: letter.traceId || null,
  };
}

export function deliveryOf(delivery: Delivery, withText: boolean): Letter {
  const { droppedAt, settledAt } = delivery;
  const status = delivery.lastStatus === undefined ? '' : `answered ${delivery.lastStatus}`;
  const error = withText ? delivery.lastError : withoutQuotes(delivery.lastError);
  return {
    id: delivery.deliveryId,
    kind: 'delivery',
    state: delivery.status !== 'dead' ? 'retried' : droppedAt && settledAt && droppedAt >= settledAt ? 'dropped' : 'open',
    workspace_id: delivery.workspaceId,
    created_at: iso(settledAt ?? delivery.createdAt),
    attempts: delivery.attempts,
    about: `${delivery.eventType} ${delivery.eventId} for ${delivery.endpointId}`,
    error: [status, error].filter(Boolean).join(': '),
    trace_id: null,
  };
}

export function tryOf(attempt: Attempt, withText: boolean): WholeLetter['tries'][number] {
  const error = attempt.error === '' ? null : withText ? attempt.error : withoutQuotes(attempt.error);
  return {
    number: attempt.number,
    started_at: iso(attempt.startedAt),
    duration_ms: attempt.durationMs,
    status: attempt.status ?? null,
    error,
    answer: withText ? attempt.answer : null,
  };
}

/** An error may quote what it could not read, and with it a customer's words. */
export function withoutQuotes(error: string): string {
  return error.replaceAll(/"(?:[^"\\]|\\.)*(?:"|$)/g, '"…"');
}

function iso(date: Date | undefined): string {
  return date?.toISOString() ?? '';
}
