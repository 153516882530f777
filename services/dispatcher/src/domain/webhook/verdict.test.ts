import { expect, test } from 'vitest';
import { type Answered, judge } from './verdict.ts';

const answer = (status: number, retryAfterMs?: number): Answered => ({ kind: 'answer', status, retryAfterMs });
const again = (retryAfterMs: number | undefined) => retryAfterMs ?? 5000;

test.each([200, 201, 202, 204, 299])('%i is delivered', (status) => expect(judge(answer(status), again)).toEqual({ kind: 'delivered' }));

test.each([301, 302, 307, 400, 401, 404, 408, 429, 500, 503])('%i is tried again', (status) =>
  expect(judge(answer(status), again)).toMatchObject({ kind: 'retry', inMs: 5000, error: expect.stringContaining(`answered ${status}`) }),
);

test('a fault of the network is tried again', () => {
  expect(judge({ kind: 'fault', error: 'ECONNRESET' }, again)).toEqual({ kind: 'retry', inMs: 5000, error: 'ECONNRESET' });
});

test('Retry-After goes to the schedule', () => expect(judge(answer(503, 9000), again)).toMatchObject({ inMs: 9000 }));

test('410 is the end at once, and of the endpoint', () => {
  expect(judge(answer(410), again)).toEqual({ kind: 'dead', gone: true, error: 'answered 410' });
});

test('without a next time it is dead', () => {
  expect(judge(answer(500), () => undefined)).toEqual({ kind: 'dead', gone: false, error: 'answered 500' });
});
