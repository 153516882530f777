import type { KeyObject } from 'node:crypto';
import type { Reply, Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Egress, EgressAnswer } from '@baton/egress/egress.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { parseRetryAfter } from '../domain/retry-schedule.ts';
import { webhookHeaders } from '../domain/signature.ts';
import { parseAnswer } from '../domain/turn/answer.ts';
import { turnBody } from '../domain/turn/turn-payload.ts';
import { type Attempted, isTransient } from './insist-on-answer.ts';

/** An AI backend's answer is a text and some words about it: more than this is a mistake. */
export const maxAnswerBytes = 1024 ** 2;

export interface WebhookCall {
  url: string;
  key: KeyObject | undefined;
  turn: Turn;
  /** The trace this turn belongs to, where no tracer writes it by itself. */
  traceparent: string | undefined;
  signal: AbortSignal;
  purpose?: Purpose;
}

/** Why a turn is asked whose answer no customer gets. */
export type Purpose = 'test' | 'shadow' | 'replay';

const silence: Reply = { messages: [], handoff: undefined, close: false, tags: [], status: undefined, metadata: undefined };

/** One attempt after the other to ask a webhook backend (api.md §5), each with the same dispatch id and bytes. Rejects with EgressError. */
export function webhookAttempts(egress: Egress, call: WebhookCall): (timeoutMs: number) => Promise<Attempted> {
  const body = turnBody(call.turn);
  return async (timeoutMs) => {
    killPoint('ai.before_call');
    const answer = await egress.request({
      method: 'POST',
      url: call.url,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Baton',
        ...webhookHeaders({ id: call.turn.dispatchId, nowMs: Date.now(), body, keys: call.key ? [call.key] : [] }),
        ...(call.traceparent && { traceparent: call.traceparent }),
        ...(call.purpose && { 'baton-purpose': call.purpose }),
      },
      body,
      timeoutMs,
      maxBytes: maxAnswerBytes,
      signal: call.signal,
    });
    killPoint('ai.after_call');
    return readAnswer(answer);
  };
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
  if (isTransient(status)) return { kind: 'again', error, retryAfterMs: parseRetryAfter(answer.headers['retry-after'], Date.now()) };
  return { kind: 'failed', error };
}
