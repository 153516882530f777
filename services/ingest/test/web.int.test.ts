import { sealVisitor } from '@baton/channels/web/visitor-token.ts';
import { openSecrets } from '@baton/directory/secrets.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running, secretKeys } from './harness.ts';

const origin = 'https://shop.example';

let harness: Harness;
let ingest: Running;
let id: string;

beforeAll(async () => {
  harness = await Harness.create();
  await harness.makeDirectory();
  ingest = await harness.start();
  id = await harness.account({ provider: 'web', channel: 'web', address: 'shop.example', credentials: { allowed_origins: [origin] } });
});

afterAll(() => harness?.[Symbol.asyncDispose]());

/** As the gateway makes one: from what the directory holds. */
function tokenOf(visitorId: string, channelAccountId = id): string {
  const entry = { channel_account_id: channelAccountId, provider: 'web', channel: 'web', credentials: null } as never;
  return sealVisitor(openSecrets(new SecretBox([secretKeys])).account(entry), { visitorId }, new Date())!;
}

const path = () => `/providers/web/${id}`;
const as = (visitorId: string, more: Record<string, string> = {}) => ({ authorization: `Bearer ${tokenOf(visitorId)}`, origin, ...more });
const message = (key: string) => JSON.stringify({ type: 'message', id: key, text: 'Do you deliver?' });

test('a visitor’s message is answered 2xx when it is stored, and its repeat is stored once', async () => {
  for (let nth = 0; nth < 2; nth++) {
    const answer = await ingest.post(path(), message('one'), as('v_ada'));
    expect([answer.status, answer.json(), answer.headers['access-control-allow-origin']]).toEqual([202, { accepted: 1 }, origin]);
  }
  expect((await harness.stored(id)).map(({ body }) => [body['provider_message_id'], body['from'], body['text']])).toEqual([
    ['v_ada:one', 'v_ada', 'Do you deliver?'],
  ]);
});

test('a browser may ask from a listed origin, and is shown nothing anywhere else', async () => {
  const ask = (from: string) => ingest.send('OPTIONS', path(), { origin: from, 'access-control-request-method': 'POST' });
  const allowed = await ask(origin);
  expect([allowed.status, allowed.headers['access-control-allow-origin'], allowed.headers['vary']]).toEqual([204, origin, 'Origin']);
  const refused = await ask('https://evil.example');
  expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  const post = await ingest.post(path(), message('two'), as('v_ada', { origin: 'https://evil.example' }));
  expect([post.status, post.headers['access-control-allow-origin']]).toEqual([401, undefined]);
});

test('without a token, with another account’s, or with one too many requests nothing is taken', async () => {
  const before = await harness.count(id);
  expect((await ingest.post(path(), message('three'), { origin })).status).toBe(401);
  const other = await harness.account({ provider: 'web', channel: 'web', credentials: { allowed_origins: [origin] } });
  expect((await ingest.post(path(), message('three'), { origin, authorization: `Bearer ${tokenOf('v_ada', other)}` })).status).toBe(401);
  expect(await harness.count(id)).toBe(before);
  const answers = await Promise.all(Array.from({ length: 60 }, () => ingest.post(path(), message('four'), as('v_busy'))));
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(0);
  expect(limited[0]!.headers).toMatchObject({ 'retry-after': expect.stringMatching(/^\d+$/), 'access-control-allow-origin': origin });
  // Somebody else's visitor is not held up by it.
  expect((await ingest.post(path(), message('five'), as('v_calm'))).status).toBe(202);
});
