import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reply, Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Egress, EgressAnswer } from '@baton/egress/egress.ts';
import { EgressError } from '@baton/egress/egress-error.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { nextAttemptIn, parseRetryAfter } from '../domain/retry-schedule.ts';
import { webhookHeaders } from '../domain/signature.ts';
import { parseAnswer } from '../domain/turn/answer.ts';
import { turnBody } from '../domain/turn/turn-payload.ts';
import type { Events } from '../events.ts';

/** An AI backend's answer is a text and some words about it: more than this is a mistake. */
export const maxAnswerBytes = 1024 ** 2;

export type BackendResult =
  | { kind: 'reply'; reply: Reply }
  | { kind: 'deferred' }
  | { kind: 'failed'; error: string }
  /** The signal fired: a person took over, a newer turn replaced this one, or the service stops. */
  | { kind: 'cut_off' };

type Attempted = BackendResult | { kind: 'again'; error: string; retryAfterMs?: number | undefined };

export interface WebhookCall {
  url: string;
  key: KeyObject | undefined;
  /** For one attempt. */
  timeoutMs: number;
  turn: Turn;
  /** The trace this turn belongs to, where no tracer writes it by itself. */
  traceparent: string | undefined;
  signal: AbortSignal;
}

const silence: Reply = { messages: [], handoff: undefined, close: false, tags: [], status: undefined, metadata: undefined };

/** Asks a webhook backend (api.md §5) until it answers, refuses, or the turn's deadline leaves no time. Every attempt carries the same dispatch id. */
export async function callWebhook(
  deps: { egress: Egress; events: Events },
  call: WebhookCall,
): Promise<{ result: BackendResult; attempts: number }> {
  const body = turnBody(call.turn);
  const deadlineMs = call.turn.deadline?.getTime() ?? Date.now() + call.timeoutMs;
  for (let attempts = 1; ; attempts++) {
    const left = deadlineMs - Date.now();
    if (left <= 0) return { result: { kind: 'failed', error: 'the deadline of the turn had passed' }, attempts: attempts - 1 };
    const attempted = await attempt(deps.egress, call, { body, timeoutMs: Math.min(call.timeoutMs, left) });
    report(deps.events, call.turn, attempts, attempted);
    if (attempted.kind !== 'again') return { result: attempted, attempts };
    const nowMs = Date.now();
    const pause = nextAttemptIn({ attempts, retryAfterMs: attempted.retryAfterMs, nowMs, deadlineMs, random: Math.random() });
    if (pause === undefined) return { result: { kind: 'failed', error: attempted.error }, attempts };
    const waited = await delay(pause, true, { signal: call.signal }).catch(() => false);
    if (!waited) return { result: { kind: 'cut_off' }, attempts };
  }
}

async function attempt(egress: Egress, call: WebhookCall, o: { body: string; timeoutMs: number }): Promise<Attempted> {
  try {
    killPoint('ai.before_call');
    const answer = await egress.request({
      method: 'POST',
      url: call.url,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Baton',
        ...webhookHeaders({ id: call.turn.dispatchId, nowMs: Date.now(), body: o.body, keys: call.key ? [call.key] : [] }),
        ...(call.traceparent && { traceparent: call.traceparent }),
      },
      body: o.body,
      timeoutMs: o.timeoutMs,
      maxBytes: maxAnswerBytes,
      signal: call.signal,
    });
    killPoint('ai.after_call');
    return readAnswer(answer);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return readFault(error);
  }
}

function readAnswer(answer: EgressAnswer): Attempted {
  const { status } = answer;
  if (status === 202) return { kind: 'deferred' };
  if (status === 204) return { kind: 'reply', reply: silence };
  if (status >= 200 && status < 300) {
    const parsed = parseAnswer(answer.body.toString('utf8'));
    return parsed.kind === 'reply' ? parsed : { kind: 'failed', error: parsed.error };
  }
  const error = `the backend answered ${status}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return { kind: 'again', error, retryAfterMs: parseRetryAfter(answer.headers['retry-after'], Date.now()) };
  return { kind: 'failed', error };
}

function readFault(error: EgressError): Attempted {
  switch (error.fault) {
    case 'aborted':
      return { kind: 'cut_off' };
    case 'refused':
    case 'too_large':
      return { kind: 'failed', error: error.message };
    case 'connect':
      return { kind: 'again', error: `the backend cannot be reached (${error.message})` };
    case 'timeout':
    case 'broken':
      return { kind: 'again', error: `the backend did not answer (${error.message})` };
    default:
      return error.fault satisfies never;
  }
}

function report(events: Events, turn: Turn, attempt: number, attempted: Attempted): void {
  const o = { dispatchId: turn.dispatchId, agentId: turn.agentId, attempt };
  if (attempted.kind === 'again') events.backendAsked({ ...o, result: 'retry', detail: attempted.error });
  else if (attempted.kind === 'failed') events.backendAsked({ ...o, result: 'failed', detail: attempted.error });
  else events.backendAsked({ ...o, result: attempted.kind === 'cut_off' ? 'cut_off' : 'ok' });
}
