import { eventually } from '@baton/testkit/eventually.ts';
import { beforeAll, expect, test } from 'vitest';
import { call, type Json, must } from '../support/api.ts';
import { tapInbound } from '../support/inbound-tap.ts';
import { sharedProduct } from '../support/product.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';
const CANARY = 'canary-7f3a9';

type Route = { method: string; path: string; operation: Json };

let routes: Route[];
let mine: Workspace;
let theirs: Workspace;
/** Ids of the other workspace, by the name of the path's parameter. */
let ids: Record<string, string>;

beforeAll(async () => {
  const document = await must('GET', `${base}/openapi.json`);
  routes = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  [mine, theirs] = [await makeWorkspace(product), await makeWorkspace(product, { display_name: CANARY })];
  ids = await thingsOf(theirs);
});

/** Bodies that are right in everything but whose ids they name. */
function bodyOf(operationId: string): unknown {
  const bodies: Record<string, unknown> = {
    createConversation: { agent_id: ids['agent_id'], channel: 'sms', to: '+12025550999', message: { body: 'x' } },
    updateConversation: { ai_mode: 'human' },
    sendMessage: { body: 'x' },
    sendToAddress: { agent_id: ids['agent_id'], channel: 'sms', to_number: '+12025550999', body: 'x' },
    sendTemplate: { agent_id: ids['agent_id'], to_number: '+12025550999', template_name: 'x', language_code: 'en' },
    replyToDispatch: { text: 'x' },
    createChannel: { provider: 'simulator', channel: 'sms', address: '+12025550998', agent_id: ids['agent_id'] },
    updateAgent: { display_name: 'Mine now' },
    updateChannel: { enabled: false },
    createAgent: { display_name: 'x', backend: { kind: 'echo' } },
    createWorkspace: { name: 'x' },
    createApiKey: { name: 'x', scopes: ['read'] },
    updateApiKey: { name: 'Mine now' },
    createUser: { email: 'me@example.com', display_name: 'x', role: 'viewer' },
    updateUser: { display_name: 'Mine now' },
    createPartnerKey: { name: 'x', scopes: ['read'] },
    createWebhook: { url: 'https://example.com/', agent_ids: [] },
    updateWebhook: { enabled: false },
    replayWebhook: { since: '2026-05-15T12:00:00.000Z' },
  };
  return bodies[operationId] ?? {};
}

test('every route that names something of another workspace answers 404, as if it did not exist', async () => {
  const naming = routes.filter(
    ({ path, operation }) => path.includes('{') || JSON.stringify(bodyOf(operation.operationId)).includes(ids['agent_id'] ?? '-'),
  );
  expect(naming.length).toBeGreaterThan(15);
  for (const route of naming) {
    const wrong = await ask(route, mine.key, ids);
    const { operationId } = route.operation;
    // A new channel that names an unknown agent has a wrong field; the others are about the thing itself.
    const refusal =
      operationId === 'createChannel'
        ? [400, 'validation_error']
        : operationId === 'revokePartnerKey'
          ? [403, 'forbidden']
          : [404, 'not_found'];
    expect([operationId, wrong.status, wrong.body.code]).toEqual([operationId, ...refusal]);
    // Told apart by nothing: an id that nobody has gets the same words.
    const nobodys = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, `${id.slice(0, -6)}000000`]));
    const missing = await ask(route, mine.key, nobodys);
    expect(missing.status).toBe(wrong.status);
    const shape = (body: Json, at: Record<string, string>) =>
      Object.values(at).reduce((text, id) => text.replaceAll(id, '…'), `${body.title} ${body.detail}`);
    expect(shape(wrong.body, ids)).toBe(shape(missing.body, nobodys));
  }
});

test('nothing of theirs has changed by it', async () => {
  const conversation = await theirs.must('GET', `/v1/conversations/${ids['conversation_id']}`);
  expect(conversation).toMatchObject({ ai_mode: 'ai', mode_epoch: 1, message_count: 2, unread: true });
  expect(await theirs.must('GET', `/v1/agents/${ids['agent_id']}`)).toMatchObject({ display_name: CANARY });
  expect(await theirs.must('GET', `/v1/channels/${ids['channel_account_id']}`)).toMatchObject({ enabled: true });
  expect((await theirs.must('GET', '/v1/dead-letters')).dead_letters).toMatchObject([
    { dead_letter_id: ids['dead_letter_id'], state: 'open' },
  ]);
});

test('lists show nothing of another workspace, also when filtered by its ids', async () => {
  const lists = routes.filter(({ method, path }) => method === 'GET' && !path.includes('{') && !path.includes('stream'));
  for (const { path } of lists) {
    for (const query of ['', `?agent_id=${ids['agent_id']}`]) {
      const answer = await call('GET', `${base}${path}${query}`, { key: mine.key });
      const text = JSON.stringify(answer.body);
      for (const secret of [CANARY, ...Object.values(ids).filter((id) => id !== ids['agent_id'])]) expect(text).not.toContain(secret);
      expect(answer.status).toBeLessThan(500);
    }
  }
});

test('another workspace cannot be named by a key that is not for it', async () => {
  const answer = await call('GET', `${base}/v1/conversations`, { key: mine.key, headers: { 'baton-workspace': theirs.workspaceId } });
  expect(answer.status).toBe(404);
  const stream = await call('GET', `${base}/v1/stream?agent_id=${ids['agent_id']}`, { key: mine.key });
  expect(stream.status).toBe(404);
});

test('a page token of another workspace is refused', async () => {
  await theirs.must('POST', '/v1/agents', { display_name: 'Second', backend: { kind: 'echo' } });
  const { next_page_token: token } = await theirs.must('GET', '/v1/agents?page_size=1');
  const answer = await mine.call('GET', `/v1/agents?page_size=1&page_token=${encodeURIComponent(token)}`);
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_page_token']);
});

test('every route refuses a missing, a wrong and a shortened key with 401', async () => {
  const wrong = [undefined, `pk_live_${'0'.repeat(32)}`, mine.key.slice(0, -1), `${mine.key}x`, 'Bearer', ' '];
  for (const route of routes) {
    for (const key of wrong) {
      const answer = await ask(route, key, ids);
      expect([route.operation.operationId, key, answer.status]).toEqual([route.operation.operationId, key, 401]);
      expect(answer.body).toMatchObject({ code: 'unauthorized', status: 401, type: expect.any(String), trace_id: expect.any(String) });
    }
  }
});

function ask(route: Route, key: string | undefined, named: Record<string, string>) {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => named[name] ?? `unknown parameter ${name}`);
  const body = JSON.stringify(bodyOf(route.operation.operationId)).replaceAll(ids['agent_id'] ?? '-', named['agent_id'] ?? '-');
  return call(route.method, `${base}${path}`, {
    ...(key === undefined
      ? {}
      : { headers: { authorization: `Bearer ${key}`, ...(hasBody(route) ? { 'content-type': 'application/json' } : {}) } }),
    ...(hasBody(route) ? { body } : {}),
  });
}

function hasBody({ operation }: Route): boolean {
  return operation.requestBody !== undefined;
}

/** One of each thing that a path can name. */
async function thingsOf(workspace: Workspace): Promise<Record<string, string>> {
  const account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550113' });
  const customer = workspace.customer(account, { name: CANARY });
  await using tap = await tapInbound(product, workspace);
  await customer.says(CANARY);
  await customer.heard(1);
  const { conversation_id } = await workspace.conversationOf(customer.address);
  const { messages } = await workspace.must('GET', `/v1/conversations/${conversation_id}/messages`);
  const { dispatches } = await workspace.must('GET', `/v1/conversations/${conversation_id}/dispatches`);
  const [published] = tap.published;
  await tap.repeat({ subject: published?.subject ?? '', data: `{"${CANARY}":` });
  const [letter] = await eventually(
    async () => (await workspace.must('GET', '/v1/dead-letters')).dead_letters,
    (letters) => letters.length === 1,
    { what: 'the dead letter' },
  );
  const { api_keys } = await workspace.must('GET', '/v1/api-keys');
  const user = await workspace.must('POST', '/v1/users', { email: 'them@example.com', display_name: CANARY, role: 'owner' });
  const partnerKeys = await must('GET', `${base}/v1/partner-keys`, { key: product.partnerKey });
  const webhook = await workspace.must('POST', '/v1/webhooks', { url: `http://127.0.0.1:9/${CANARY}`, event_types: ['message.failed'] });
  const delivery = await workspace.must('POST', `/v1/webhooks/${webhook.webhook_endpoint_id}/test`);
  return {
    webhook_endpoint_id: webhook.webhook_endpoint_id,
    delivery_id: delivery.delivery_id,
    conversation_id,
    message_id: messages[0].message_id,
    dispatch_id: dispatches[0].dispatch_id,
    agent_id: workspace.agentId,
    channel_account_id: account.channel_account_id,
    dead_letter_id: letter.dead_letter_id,
    user_id: user.user_id,
    api_key_id: api_keys[0].api_key_id,
    partner_key_id: partnerKeys.api_keys[0].api_key_id,
    workspace_id: workspace.workspaceId,
  };
}
