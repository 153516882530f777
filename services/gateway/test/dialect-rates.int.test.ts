import { newId } from '@baton/contracts/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, call, startBench } from './support.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench({ BATON_RATE_LIMIT_PER_SECOND: '1', BATON_RATE_LIMIT_BURST: '1' });
});
afterAll(() => bench[Symbol.asyncDispose]());

test.each([
  ['partner', { error: { code: 'rate_limited', message: expect.any(String), status: 429 } }],
  ['crm', { error: { code: 'rate_limited', message: expect.any(String) } }],
  ['booking', { detail: expect.any(String), code: 'rate_limited' }],
  ['desk', { success: false, error: expect.any(String), code: 'rate_limited' }],
])('too many requests of one key are refused in the shape of %s, with the time to wait', async (name, body) => {
  const workspaceId = newId('workspace');
  const paths: Record<string, string> = {
    partner: `/dialects/partner/v1/accounts/${workspaceId}/conversations`,
    crm: '/dialects/crm/api/v1/conversations',
    booking: '/dialects/booking/api/v1/conversations',
    desk: '/dialects/desk/conversations',
  };
  const key = await bench.key(workspaceId);
  const answers = await Promise.all(Array.from({ length: 5 }, () => call(bench.gateway, { path: paths[name]!, key })));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.body).toEqual(body);
  expect(refused?.headers.get('content-type')).toMatch(/^application\/json/);
  expect(refused?.headers.get('ratelimit-remaining')).toBe('0');
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
});
