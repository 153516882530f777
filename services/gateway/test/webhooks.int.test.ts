import { eventually } from '@baton/testkit/eventually.ts';
import { isSignedWith, startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SseClient } from './sse-client.ts';
import { type Bench, call, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let workspace: Workspace;
beforeAll(async () => {
  bench = await startBench({}, true);
  workspace = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

it('what happens in a conversation reaches the subscriber, in order and signed, and stands in the log', async () => {
  await using subscriber = await startFakeSubscriber();
  const made = await workspace.post('/v1/webhooks', {
    url: subscriber.url,
    event_types: ['conversation.created', 'message.received', 'conversation.mode_changed'],
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ url: subscriber.url, enabled: true, secret: expect.stringMatching(/^whsec_/), disabled_reason: null });
  const { webhook_endpoint_id: id, secret } = made.body;
  const conversationId = await workspace.customerWrites(newCustomer());
  await workspace.patch(`/v1/conversations/${conversationId}`, { ai_mode: 'human' });
  const received = await subscriber.count(3);
  expect(received.map(({ event }) => event.event_type)).toEqual(['conversation.created', 'message.received', 'conversation.mode_changed']);
  for (const one of received) expect(isSignedWith(secret, one)).toBe(true);
  const list = await eventually(
    () => workspace.get(`/v1/deliveries?webhook_endpoint_id=${id}&status=delivered`),
    ({ body }) => body.deliveries.length === 3,
  );
  const [newest] = list.body.deliveries;
  expect(newest).toMatchObject({ event_type: 'conversation.mode_changed', conversation_id: conversationId, attempts: 1, last_status: 200 });
  expect((await workspace.get('/v1/deliveries?event_type=message.received')).body.deliveries).toHaveLength(1);
  const one = (await workspace.get(`/v1/deliveries/${newest.delivery_id}`)).body;
  expect(JSON.parse(one.request_body)).toEqual(received[2]!.event);
  expect(one.attempt_log).toMatchObject([{ number: 1, status: 200, error: null, url: subscriber.url }]);

  const again = await workspace.post(`/v1/deliveries/${newest.delivery_id}/replay`, {});
  expect([again.status, again.body.replays]).toEqual([202, 1]);
  const [, , , replayed] = await subscriber.count(4);
  expect(replayed!.headers['webhook-id']).toBe(newest.delivery_id);
  await eventually(async () => (await workspace.get(`/v1/deliveries/${newest.delivery_id}`)).body.status === 'delivered');
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const all = await workspace.post(`/v1/webhooks/${id}/replay`, { since, only: 'all' });
  expect([all.status, all.body]).toEqual([202, { replayed: 3, next_since: null }]);
  await subscriber.count(7);
});

it('an endpoint is tested, changed, given a new secret, turned off and deleted', async () => {
  await using subscriber = await startFakeSubscriber();
  const { webhook_endpoint_id: id, secret } = (
    await workspace.post('/v1/webhooks', { url: subscriber.url, event_types: ['message.failed'] })
  ).body;
  const test = await workspace.post(`/v1/webhooks/${id}/test`);
  expect([test.status, test.body.event_type]).toEqual([202, 'webhook.test']);
  const [one] = await subscriber.count(1);
  expect(one!.event).toMatchObject({ event_type: 'webhook.test', workspace_id: workspace.workspaceId, conversation_id: null });
  const rotated = await workspace.post(`/v1/webhooks/${id}/rotate-secret`, {}, { 'idempotency-key': 'rotate-1' });
  expect(rotated.body.secret).not.toBe(secret);
  expect(Date.parse(rotated.body.previous_secret_expires_at) - Date.now()).toBeGreaterThan(80_000_000);
  const shown = await workspace.get(`/v1/webhooks/${id}`);
  expect(JSON.stringify(shown.body)).not.toContain('whsec_');
  expect((await workspace.patch(`/v1/webhooks/${id}`, { enabled: false, description: 'Ours' })).body).toMatchObject({
    enabled: false,
    disabled_reason: 'manual',
    description: 'Ours',
    event_types: ['message.failed'],
  });
  expect((await workspace.post(`/v1/webhooks/${id}/test`)).body.code).toBe('conflict');
  expect((await call(bench.gateway, { path: `/v1/webhooks/${id}`, method: 'DELETE', key: workspace.key })).body).toEqual({
    webhook_endpoint_id: id,
    deleted: true,
  });
  expect((await workspace.get(`/v1/webhooks/${id}`)).status).toBe(404);
  expect(
    (await workspace.get('/v1/webhooks')).body.webhooks.map((row: { webhook_endpoint_id: string }) => row.webhook_endpoint_id),
  ).not.toContain(id);
});

it('that an endpoint was turned off is told to who listens to the workspace', async () => {
  await using subscriber = await startFakeSubscriber();
  subscriber.respond({ status: 410 });
  await using stream = await SseClient.open(`${bench.gateway.url}/v1/stream`, { key: workspace.key });
  const { webhook_endpoint_id: id } = (await workspace.post('/v1/webhooks', { url: subscriber.url, event_types: ['message.received'] }))
    .body;
  await workspace.customerWrites(newCustomer());
  const told = await eventually(() => stream.frames.find(({ data }) => data.event_type === 'webhook.disabled'));
  expect(told!.data).toMatchObject({
    conversation_id: null,
    sequence: 0,
    payload: { webhook_endpoint_id: id, reason: 'gone', failing_since: null },
  });
  const { disabled_at } = (await workspace.get(`/v1/webhooks/${id}`)).body;
  expect(told!.data.payload.disabled_at).toBe(disabled_at);
});

it('a URL that may never be reached is refused, and so is one with a password in it', async () => {
  const refused = await workspace.post('/v1/webhooks', { url: 'http://169.254.169.254/latest/meta-data/' });
  expect([refused.status, refused.body.code, refused.body.errors?.[0].path]).toEqual([422, 'egress_refused', '/url']);
  const secret = await workspace.post('/v1/webhooks', { url: 'https://user:hunter2@example.com/' });
  expect([secret.status, secret.body.code]).toEqual([400, 'validation_error']);
  expect(JSON.stringify(secret.body)).not.toContain('hunter2');
});
