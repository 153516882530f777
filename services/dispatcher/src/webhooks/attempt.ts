import type { KeyObject } from 'node:crypto';
import type { Egress } from '@baton/egress/egress.ts';
import { EgressError } from '@baton/egress/egress-error.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { parseRetryAfter } from '../domain/retry-schedule.ts';
import { webhookHeaders } from '../domain/signature.ts';
import { retryIn } from '../domain/webhook/schedule.ts';
import { type Answered, judge, type Verdict } from '../domain/webhook/verdict.ts';
import type { Claimed } from '../store/webhooks/claims.ts';
import type { EndpointRow } from '../store/webhooks/endpoints.ts';

/** Of an answer's body so much is kept: enough to see what the subscriber complained about. */
const keptBytes = 4096;

export interface Attempted {
  verdict: Verdict;
  startedAt: Date;
  durationMs: number;
  status: number | null;
  answer: string;
}

/** Sends one delivery once. Never throws for what the other side does; throws when our own secret can't be opened. */
export async function attempt(
  deps: { egress: Egress; keys: (endpoint: EndpointRow, nowMs: number) => KeyObject[]; retryDelaysMs: readonly number[] },
  o: { claim: Claimed; endpoint: EndpointRow; signal: AbortSignal },
): Promise<Attempted | 'cut_off'> {
  const { claim, endpoint } = o;
  const startedAt = new Date();
  const started = performance.now();
  const keys = deps.keys(endpoint, startedAt.getTime());
  let answered: Answered;
  let answer = '';
  try {
    killPoint('webhook.before_call');
    const got = await deps.egress.request({
      method: 'POST',
      url: endpoint.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Baton',
        ...webhookHeaders({ id: claim.delivery_id, nowMs: startedAt.getTime(), body: claim.body, keys }),
      },
      body: claim.body,
      timeoutMs: endpoint.timeout_ms,
      maxBytes: keptBytes,
      truncate: true,
      signal: o.signal,
    });
    killPoint('webhook.after_call');
    answered = { kind: 'answer', status: got.status, retryAfterMs: parseRetryAfter(got.headers['retry-after'], Date.now()) };
    // Postgres stores no NUL.
    answer = got.body.toString('utf8').replaceAll('\0', '\uFFFD');
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    if (error.fault === 'aborted') return 'cut_off';
    answered = { kind: 'fault', error: error.message };
  }
  const attempts = claim.series_attempts + 1;
  const verdict = judge(answered, (retryAfterMs) =>
    claim.once ? undefined : retryIn({ attempts, delaysMs: deps.retryDelaysMs, retryAfterMs, random: Math.random() }),
  );
  const status = answered.kind === 'answer' ? answered.status : null;
  return { verdict, startedAt, durationMs: Math.round(performance.now() - started), status, answer };
}
