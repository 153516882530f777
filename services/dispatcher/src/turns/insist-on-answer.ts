import { setTimeout as delay } from 'node:timers/promises';
import type { Reply, Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Usage } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { EgressError } from '@baton/egress/egress-error.ts';
import type { Breakers } from '../domain/breaker.ts';
import { nextAttemptIn } from '../domain/retry-schedule.ts';
import type { Events } from '../events.ts';

export type BackendResult =
  | { kind: 'reply'; reply: Reply }
  | { kind: 'deferred' }
  | { kind: 'failed'; error: string }
  /** The signal fired: a person took over, a newer turn replaced this one, or the service stops. */
  | { kind: 'cut_off' };

export type Attempted = (BackendResult | { kind: 'again'; error: string; retryAfterMs?: number | undefined }) & {
  usage?: Usage | undefined;
};

export interface Answered {
  result: BackendResult;
  attempts: number;
  usage: Usage | undefined;
}

export interface Question {
  turn: Turn;
  /** For one attempt. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** Statuses that say "not now". */
export const isTransient = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

/**
 * Asks a backend until it answers, refuses, or the turn's deadline leaves no time. A backend that fails again and again is asked by one turn at a time,
 * until it answers one; the others wait within their deadlines.
 */
export async function insistOnAnswer(
  deps: { events: Events; breakers: Breakers },
  question: Question,
  ask: (timeoutMs: number) => Promise<Attempted>,
): Promise<Answered> {
  const { turn, signal } = question;
  const deadlineMs = turn.deadline?.getTime() ?? Date.now() + question.timeoutMs;
  let usage: Usage | undefined;
  let error = 'the deadline of the turn had passed';
  for (let attempts = 0; ; ) {
    const left = deadlineMs - Date.now();
    if (left <= 0) return { result: { kind: 'failed', error }, attempts, usage };
    const askedMs = Date.now();
    const held = deps.breakers.wait(turn.agentId, askedMs);
    if (held > 0) {
      error = attempts === 0 ? 'the backend has failed again and again and was not asked' : error;
      if (held >= left) return { result: { kind: 'failed', error }, attempts, usage };
      if (!(await pause(held, signal))) return { result: { kind: 'cut_off' }, attempts, usage };
      continue;
    }
    attempts++;
    const attempted = await attempt(ask, Math.min(question.timeoutMs, left));
    usage = sum(usage, attempted.usage);
    report(deps, turn, { attempt: attempts, askedMs }, attempted);
    if (attempted.kind !== 'again') return { result: attempted, attempts, usage };
    error = attempted.error;
    const nowMs = Date.now();
    const wait = nextAttemptIn({ attempts, retryAfterMs: attempted.retryAfterMs, nowMs, deadlineMs, random: Math.random() });
    if (wait === undefined) return { result: { kind: 'failed', error }, attempts, usage };
    if (!(await pause(wait, signal))) return { result: { kind: 'cut_off' }, attempts, usage };
  }
}

/** false: cut off. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}

async function attempt(ask: (timeoutMs: number) => Promise<Attempted>, timeoutMs: number): Promise<Attempted> {
  try {
    return await ask(timeoutMs);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return readFault(error);
  }
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

function report(
  deps: { events: Events; breakers: Breakers },
  turn: Turn,
  { attempt, askedMs }: { attempt: number; askedMs: number },
  attempted: Attempted,
): void {
  const o = { dispatchId: turn.dispatchId, agentId: turn.agentId, attempt };
  switch (attempted.kind) {
    case 'again':
      deps.events.backendAsked({ ...o, result: 'retry', detail: attempted.error });
      if (deps.breakers.failed(turn.agentId, { askedMs, nowMs: Date.now() })) deps.events.backendShunned({ agentId: turn.agentId });
      return;
    case 'failed':
      deps.events.backendAsked({ ...o, result: 'failed', detail: attempted.error });
      break;
    default:
      deps.events.backendAsked({ ...o, result: attempted.kind === 'cut_off' ? 'cut_off' : 'ok' });
  }
  // It answered, be it nonsense: what the breaker is about is a backend that does not. A call that was cut off says neither.
  if (attempted.kind !== 'cut_off' && deps.breakers.succeeded(turn.agentId)) deps.events.backendBack({ agentId: turn.agentId });
}

/** Every attempt is paid for. */
function sum(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (!a || !b) return a ?? b;
  return { model: b.model || a.model, inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens };
}
