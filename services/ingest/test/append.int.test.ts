import { newId } from '@baton/contracts/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, type Running } from './harness.ts';
import { httpSecret, inbound, twilioCredentials } from './signed.ts';

let harness: Harness;
let ingest: Running;
const agentId = newId('agent');

beforeAll(async () => {
  harness = await Harness.create();
  await harness.makeDirectory();
  ingest = await harness.start({ BATON_SIMULATOR: '0' });
});
afterAll(() => harness[Symbol.asyncDispose]());

const bearer = { authorization: 'Bearer service-token' };

function append(id: string, body: unknown = inbound(), headers: Record<string, string> = bearer, agent = agentId) {
  return ingest.post(`/internal/channel-accounts/${id}/agents/${agent}/messages`, JSON.stringify(body), headers);
}

test('a message told by a program is stored as one of the account and of the named agent, once, however often it is told', async () => {
  const id = await harness.account({ provider: 'twilio', address: '+15550100', credentials: twilioCredentials });
  for (let repeat = 0; repeat < 3; repeat++) {
    const answer = await append(id, inbound({ id: 'told-1', text: 'I am here' }));
    expect([answer.status, answer.json()]).toEqual([202, { accepted: 1 }]);
  }
  const stored = await harness.stored(id);
  expect(stored).toHaveLength(1);
  expect(stored[0]!.body).toMatchObject({
    provider: 'twilio',
    agent_id: agentId,
    provider_message_id: 'told-1',
    from: '+14155550123',
    to: '+15550100',
    text: 'I am here',
    author: 'contact',
  });
});

test('only who knows the service token may tell, and only of accounts that are there and enabled', async () => {
  const id = await harness.account({ credentials: { secret: httpSecret } });
  const disabled = await harness.account({ credentials: { secret: httpSecret }, enabled: false });
  expect((await append(id, inbound(), {})).status).toBe(401);
  expect((await append(id, inbound(), { authorization: 'Bearer service-tokem' })).status).toBe(401);
  expect((await append(disabled)).json()).toMatchObject({ status: 404, code: 'not_found' });
  expect((await append('chn_0')).status).toBe(404);
  expect((await append(id, inbound(), bearer, 'agt_0')).status).toBe(404);
  expect(await harness.count(id)).toBe(0);
});

test('one message at a time, by the rules of every other', async () => {
  const id = await harness.account({ credentials: { secret: httpSecret } });
  expect((await append(id, [])).status).toBe(400);
  expect((await append(id, [inbound(), inbound({ id: 'm2' })])).status).toBe(400);
  expect((await append(id, { type: 'receipt', provider_message_id: 'x', status: 'read' })).status).toBe(400);
  expect((await append(id, inbound({ text: '' }))).json()).toMatchObject({ status: 400, errors: [{ path: '/text' }] });
  expect((await append(id, inbound(), { ...bearer, 'content-type': 'text/plain' })).status).toBe(415);
  expect(await harness.count(id)).toBe(0);
});
