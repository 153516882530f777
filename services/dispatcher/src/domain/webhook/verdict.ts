/** What came of one request to a subscriber. */
export type Answered =
  | { kind: 'answer'; status: number; retryAfterMs: number | undefined }
  /** No whole answer: refused address, no connection, time-out, broken connection. */
  | { kind: 'fault'; error: string };

export type Verdict =
  | { kind: 'delivered' }
  | { kind: 'retry'; error: string; inMs: number }
  | { kind: 'dead'; error: string; gone: boolean };

/**
 * 2xx is delivered; 410 means that nobody will ever listen there again (Standard Webhooks); everything else, redirects included, is tried again
 * while `nextIn` knows when.
 */
export function judge(answered: Answered, nextIn: (retryAfterMs: number | undefined) => number | undefined): Verdict {
  if (answered.kind === 'answer' && answered.status >= 200 && answered.status < 300) return { kind: 'delivered' };
  const error = answered.kind === 'fault' ? answered.error : sentence(answered.status);
  if (answered.kind === 'answer' && answered.status === 410) return { kind: 'dead', error, gone: true };
  const inMs = nextIn(answered.kind === 'answer' ? answered.retryAfterMs : undefined);
  return inMs === undefined ? { kind: 'dead', error, gone: false } : { kind: 'retry', error, inMs };
}

function sentence(status: number): string {
  return status >= 300 && status < 400 ? `answered ${status}: redirects are not followed` : `answered ${status}`;
}
