import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { startFakeAi } from '@baton/testkit/fake-ai.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, call, partnerKey, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ BATON_RATE_LIMIT_PER_SECOND: '10000', BATON_RATE_LIMIT_BURST: '10000' }, true);
});
afterAll(() => bench[Symbol.asyncDispose]());

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const remove = (w: Workspace, path: string) => call(bench.gateway, { path, method: 'DELETE', key: w.key });
const httpAccount = (agent_id: string, address: string) => ({
  provider: 'http',
  channel: 'sms',
  address,
  agent_id,
  credentials: { secret, outbound_url: 'http://127.0.0.1:9/' },
});
/** What a provider is answered that calls the account's webhook without a signature: 401 where the account is known. */
const knock = async (channelId: string) => {
  const url = `http://${bench.ingest!.address}/providers/http/${channelId}`;
  return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status;
};

describe('agents and channel accounts', () => {
  let w: Workspace;
  beforeAll(async () => {
    w = await makeWorkspace(bench);
  });

  test('every field of an agent can be changed, by itself and all at once, and the others stay', async () => {
    const id = (await w.post('/v1/agents', { display_name: 'Clara' })).body.agent_id;
    const changes = {
      display_name: 'Rosa',
      language: 'pt-BR',
      enabled: false,
      backend: { kind: 'webhook', url: 'https://ai.example.com/x', timeout_ms: 5000, secret },
      takeover_timeout_seconds: 60,
      handoff: 'flag',
      debounce_ms: 250,
      burst: 'supersede',
      approval: 'required',
      silence_timeout_seconds: 3600,
      fallback_text: 'Somebody will write to you.',
      history_limit: 7,
    };
    const shown = ({ backend: { secret: _secret, ...backend }, ...rest }: typeof changes) => ({
      ...rest,
      backend: { ...backend, has_secret: true },
    });
    let expected = (await w.get(`/v1/agents/${id}`)).body;
    for (const [field, value] of Object.entries(changes)) {
      const answer = await w.patch(`/v1/agents/${id}`, { [field]: value });
      const now = field === 'backend' ? shown(changes).backend : value;
      expected = { ...expected, [field]: now, updated_at: expect.any(String) };
      expect(answer, field).toMatchObject({ status: 200, body: expected });
    }
    expect((await w.get(`/v1/agents/${id}`)).body).toMatchObject(shown(changes));
    const nothing = { takeover_timeout_seconds: null, silence_timeout_seconds: null, fallback_text: null };
    expect((await w.patch(`/v1/agents/${id}`, nothing)).body).toMatchObject({ ...shown(changes), ...nothing });
    // Who only changes the URL need not know the secret.
    const moved = { backend: { kind: 'webhook', url: 'https://ai.example.com/y' } };
    expect((await w.patch(`/v1/agents/${id}`, moved)).body.backend).toMatchObject({ url: 'https://ai.example.com/y', has_secret: true });
  });

  test('a model has its settings, and its key follows it to no other place', async () => {
    const made = { kind: 'openai', base_url: 'https://llm.example.com/v1', model: 'small' };
    const agent = (await w.post('/v1/agents', { display_name: 'Clara', backend: { ...made, api_key: 'sk-1' } })).body;
    const defaults = { timeout_ms: 30_000, system_prompt: '', stream: true, handoff_tool: true, image_urls: false };
    const none = { url: null, temperature: null, max_output_tokens: null, history_tokens: null };
    expect(agent.backend).toEqual({ ...made, ...defaults, ...none, has_secret: true });
    const change = async (backend: object) => (await w.patch(`/v1/agents/${agent.agent_id}`, { backend })).body;
    const given = {
      ...{ ...made, base_url: 'https://llm.example.com/v2', system_prompt: 'You are {{agent.display_name}}.', timeout_ms: 9000 },
      ...{ temperature: 0.5, max_output_tokens: 400, history_tokens: 4000, stream: false, handoff_tool: false, image_urls: true },
    };
    expect((await change(given)).backend).toEqual({ ...given, url: null, has_secret: true });
    expect((await change({ ...given, base_url: 'https://elsewhere.example.com/v1' })).backend).toMatchObject({ has_secret: false });
    expect((await change({ ...made, api_key: 'sk-2' })).backend).toMatchObject({ has_secret: true });
    expect((await change({ kind: 'echo' })).backend).toEqual({ kind: 'echo', url: null, timeout_ms: 30_000, has_secret: false });
    for (const [wrong, path] of [
      [{ system_prompt: 'Hi {{contact.nam}}' }, '/backend/system_prompt'],
      [{ base_url: 'https://llm.example.com/v1?key=1' }, '/backend/base_url'],
      [{ secret }, '/backend/secret'],
      [{ api_key: 'not visible\n' }, '/backend/api_key'],
      [{ temperature: 3 }, '/backend/temperature'],
    ] as const)
      expect(await change({ ...made, ...wrong })).toMatchObject({ errors: [{ path }] });
    expect(await change({ kind: 'openai', base_url: made.base_url })).toMatchObject({ status: 400, errors: [{ path: '/backend/model' }] });
  });

  test('every field of a channel account that may change can be changed; provider and channel stay', async () => {
    const other = (await w.post('/v1/agents', { display_name: 'Rosa' })).body.agent_id;
    const made = (await w.post('/v1/channels', httpAccount(w.agentId, '+15550110'))).body;
    const path = `/v1/channels/${made.channel_account_id}`;
    for (const change of [{ address: '+15550111' }, { agent_id: other }, { enabled: false }] as Record<string, unknown>[])
      expect(await w.patch(path, change)).toMatchObject({ status: 200, body: change });
    const changed = await w.patch(path, { credentials: { secret, outbound_url: 'https://provider.example.com/' } });
    expect(changed, JSON.stringify(changed.body)).toMatchObject({ status: 200, body: { credential_names: ['outbound_url', 'secret'] } });
    expect((await w.get(path)).body).toMatchObject({ address: '+15550111', agent_id: other, enabled: false, provider: 'http' });
    expect(await w.patch(path, { provider: 'twilio' })).toMatchObject({ status: 400, body: { errors: [{ path: '/provider' }] } });
  });

  test('an agent that does not exist is answered 404 wherever it is named', async () => {
    const nobody = newId('agent');
    for (const answer of [
      await w.post('/v1/channels', httpAccount(nobody, '+15550112')),
      await w.post('/v1/channels', httpAccount('agt_1', '+15550112')),
      await w.patch(`/v1/channels/${w.channelId}`, { agent_id: nobody }),
      await w.post('/v1/messages', { agent_id: nobody, channel: 'sms', to_number: newCustomer(), body: 'x' }),
      await w.get(`/v1/agents/${nobody}`),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('lists are filtered by what they show', async () => {
    const own = await makeWorkspace(bench);
    const off = (await own.post('/v1/agents', { display_name: 'Off', enabled: false })).body.agent_id;
    const http = (await own.post('/v1/channels', { ...httpAccount(off, '+15550113'), enabled: false })).body.channel_account_id;
    const agents = async (query: string) =>
      (await own.get(`/v1/agents?${query}`)).body.agents.map((agent: { agent_id: string }) => agent.agent_id);
    const channels = async (query: string) =>
      (await own.get(`/v1/channels?${query}`)).body.channels.map((one: { channel_account_id: string }) => one.channel_account_id);
    expect(await agents('enabled=false')).toEqual([off]);
    expect(await agents('enabled=true')).toEqual([own.agentId]);
    expect(await agents('')).toEqual([off, own.agentId]);
    for (const query of ['provider=http', `agent_id=${off}`, 'enabled=false', 'channel=sms&provider=http'])
      expect([query, await channels(query)]).toEqual([query, [http]]);
    expect(await channels('channel=sms')).toEqual([http, own.channelId]);
    expect(await channels('channel=voice')).toEqual([]);
  });
});

describe('deleting', () => {
  test('a channel account with open conversations is kept unless forced; then its provider gets 404 and nothing is left of its secrets', async () => {
    const w = await makeWorkspace(bench);
    const id = (await w.post('/v1/channels', httpAccount(w.agentId, '+15550120'))).body.channel_account_id;
    const sent = { agent_id: w.agentId, channel: 'sms', from_number: '+15550120', to_number: newCustomer(), body: 'Hello' };
    const { conversation_id } = (await w.post('/v1/messages', sent)).body;
    await eventually(
      () => knock(id),
      (status) => status === 401,
    );
    expect(await remove(w, `/v1/channels/${id}`)).toMatchObject({ status: 409, body: { code: 'in_use' } });
    expect(await knock(id)).toBe(401);

    const gone = await remove(w, `/v1/channels/${id}?force=true`);
    expect(gone).toMatchObject({ status: 200, body: { channel_account_id: id, enabled: false, credential_names: [] } });
    await eventually(
      () => knock(id),
      (status) => status === 404,
    );
    for (const again of [
      await remove(w, `/v1/channels/${id}`),
      await w.get(`/v1/channels/${id}`),
      await w.patch(`/v1/channels/${id}`, { enabled: true }),
    ])
      expect(again).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const left = (await w.get('/v1/channels')).body.channels.map((one: { channel_account_id: string }) => one.channel_account_id);
    expect(left).not.toContain(id);
    // Its conversation is still there; what is written by hand has no way out, and says so.
    const { message_id } = (await w.post(`/v1/conversations/${conversation_id}/messages`, { body: 'Are you there?' })).body;
    const failed = await eventually(
      async () => (await w.get(`/v1/messages/${message_id}`)).body,
      (message) => message.status === 'failed',
      // The message before it is tried again for a while first.
      { timeoutMs: 60_000 },
    );
    expect(failed.error.code).toBe('channel_unavailable');
  }, 120_000);

  test('a conversation whose channel account was deleted goes on by the account that the customer writes to next', async () => {
    const w = await makeWorkspace(bench);
    const id = (await w.post('/v1/channels', httpAccount(w.agentId, '+15550121'))).body.channel_account_id;
    const customer = newCustomer();
    const sent = { agent_id: w.agentId, channel: 'sms', from_number: '+15550121', to_number: customer, body: 'Hello' };
    const { conversation_id } = (await w.post('/v1/messages', sent)).body;
    expect((await remove(w, `/v1/channels/${id}?force=true`)).status).toBe(200);
    expect(await w.customerWrites(customer, 'On your other number')).toBe(conversation_id);
    expect((await w.get(`/v1/conversations/${conversation_id}`)).body.to_number).toBe('+15550100');
  });

  test('an agent in use is kept unless forced; then its accounts go with it, and what was said stays', async () => {
    const w = await makeWorkspace(bench);
    const unused = (await w.post('/v1/agents', { display_name: 'Nobody' })).body.agent_id;
    expect(await remove(w, `/v1/agents/${unused}`)).toMatchObject({ status: 200, body: { agent_id: unused, enabled: false } });
    const conversation = await w.customerWrites(newCustomer());
    const account = (await w.post('/v1/channels', httpAccount(w.agentId, '+15550123'))).body.channel_account_id;
    expect(await remove(w, `/v1/agents/${w.agentId}`)).toMatchObject({ status: 409, body: { code: 'in_use' } });
    expect((await w.get(`/v1/agents/${w.agentId}`)).status).toBe(200);

    expect((await remove(w, `/v1/agents/${w.agentId}?force=true`)).status).toBe(200);
    expect(await w.get('/v1/agents')).toMatchObject({ body: { agents: [] } });
    expect(await w.get('/v1/channels')).toMatchObject({ body: { channels: [] } });
    await eventually(
      () => knock(account),
      (status) => status === 404,
    );
    for (const refused of [
      await w.post('/v1/channels', httpAccount(w.agentId, '+15550122')),
      await w.post('/v1/messages', { agent_id: w.agentId, channel: 'sms', to_number: newCustomer(), body: 'x' }),
      await w.patch(`/v1/agents/${w.agentId}`, { enabled: true }),
    ])
      expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await w.get(`/v1/conversations/${conversation}`)).body).toMatchObject({ agent_id: w.agentId, message_count: 1 });
    expect((await w.get(`/v1/agents/${w.agentId}/conversations/export?format=json`)).body.conversations).toMatchObject([
      { conversation_id: conversation },
    ]);
    expect(await w.patch(`/v1/conversations/${conversation}`, { ai_mode: 'closed' })).toMatchObject({ status: 200 });
    const entries = (await w.get('/v1/audit-log?operation=deleteAgent')).body.entries;
    expect(entries.map((entry: { status: number; code: string | null }) => [entry.status, entry.code])).toEqual([
      [200, null],
      [409, 'in_use'],
      [200, null],
    ]);
  });

  test('the reply of a turn that ran when its agent was deleted reaches nobody but the operator', async () => {
    const w = await makeWorkspace(bench);
    await using ai = await startFakeAi();
    let answer: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      answer = resolve;
    });
    ai.respond(async () => {
      await told;
      return { json: { text: 'Too late' } };
    });
    await w.patch(`/v1/agents/${w.agentId}`, { backend: { kind: 'webhook', url: ai.url, secret } });
    const conversation = await w.customerWrites(newCustomer());
    await ai.call(1);
    expect((await remove(w, `/v1/agents/${w.agentId}?force=true`)).status).toBe(200);
    answer();
    const [dispatch] = await eventually(
      async () => (await w.get(`/v1/conversations/${conversation}/dispatches`)).body.dispatches,
      ([first]) => first?.outcome === 'suppressed',
    );
    expect(dispatch).toMatchObject({ reason: 'agent_disabled', suggestion: { messages: [{ text: 'Too late' }] }, reply_message_ids: [] });
    expect((await w.get(`/v1/conversations/${conversation}`)).body.message_count).toBe(1);
  });

  test('accounts made for an agent while it is deleted are refused or go with it', async () => {
    const w = await makeWorkspace(bench);
    for (let round = 0; round < 5; round++) {
      const agent = (await w.post('/v1/agents', { display_name: 'Short' })).body.agent_id;
      const make = (n: number, agentId = agent) => w.post('/v1/channels', httpAccount(agentId, `+1555${3_000_000 + round * 10 + n}`));
      const moving = (await make(9, w.agentId)).body.channel_account_id;
      const [deleted, ...others] = await Promise.all([
        remove(w, `/v1/agents/${agent}?force=true`),
        make(0),
        make(1),
        make(2),
        w.patch(`/v1/channels/${moving}`, { agent_id: agent }),
      ]);
      expect(deleted.status).toBe(200);
      for (const answer of others) expect([200, 201, 404]).toContain(answer.status);
      expect((await w.get(`/v1/channels?agent_id=${agent}`)).body.channels).toEqual([]);
    }
  });
});

describe('workspaces and partners', () => {
  const as = (key: string) => ({
    get: (path: string, headers: Record<string, string> = {}) => call(bench.gateway, { path, key, headers }),
    send: (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
      call(bench.gateway, { path, method, key, body, headers }),
  });
  const newPartner = async () => {
    const body = { name: 'Reseller', scopes: ['read', 'write', 'admin'], new_partner: true };
    return as((await as(partnerKey).send('POST', '/v1/partner-keys', body)).body.api_key as string);
  };
  type Partner = ReturnType<typeof as>;
  const found = async (partner: Partner, name: string) =>
    (await partner.send('POST', '/v1/workspaces', { name })).body.workspace_id as string;
  const names = (answer: { body: { workspaces: { name: string }[] } }) => answer.body.workspaces.map((one) => one.name);

  test('a partner lists all workspaces it has made, newest first, page by page, while it makes more', async () => {
    const partner = await newPartner();
    for (const name of ['A', 'B', 'C', 'D', 'E']) await found(partner, name);
    expect(names(await partner.get('/v1/workspaces'))).toEqual(['E', 'D', 'C', 'B', 'A']);
    const first = await partner.get('/v1/workspaces?page_size=2');
    await found(partner, 'F');
    const second = await partner.get(`/v1/workspaces?page_size=2&page_token=${first.body.next_page_token}`);
    const third = await partner.get(`/v1/workspaces?page_size=2&page_token=${second.body.next_page_token}`);
    expect([first, second, third].flatMap(names)).toEqual(['E', 'D', 'C', 'B', 'A']);
    expect(third.body.next_page_token).toBeNull();
  });

  test('a partner never sees, names or changes what is another’s', async () => {
    const [a, b] = [await newPartner(), await newPartner()];
    const [mine, theirs] = [await found(a, 'Mine'), await found(b, 'Canary of B')];
    const keys = (await b.get('/v1/partner-keys')).body.api_keys;
    for (const answer of [
      await a.get(`/v1/workspaces/${theirs}`),
      await a.send('PATCH', `/v1/workspaces/${theirs}`, { name: 'Taken' }),
      await a.get('/v1/agents', { 'baton-workspace': theirs }),
      await a.send('POST', '/v1/agents', { display_name: 'x' }, { 'baton-workspace': theirs }),
      await a.send('DELETE', `/v1/partner-keys/${keys[0].api_key_id}`, undefined),
      await a.get(`/v1/workspaces/${newId('workspace')}`),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const token = await b.get('/v1/workspaces?page_size=1').then(async () => {
      await found(b, 'Second');
      return (await b.get('/v1/workspaces?page_size=1')).body.next_page_token as string;
    });
    expect(await a.get(`/v1/workspaces?page_token=${token}`)).toMatchObject({ status: 400, body: { code: 'invalid_page_token' } });
    for (const path of ['/v1/workspaces', '/v1/partner-keys', '/v1/audit-log'])
      expect(JSON.stringify((await a.get(path, { 'baton-workspace': mine })).body)).not.toMatch(`Canary|${theirs}`);
    expect(names(await a.get('/v1/workspaces'))).toEqual(['Mine']);
    expect(names(await b.get('/v1/workspaces'))).toEqual(['Second', 'Canary of B']);
    expect(await a.send('POST', '/v1/partner-keys', { name: 'x', scopes: ['read'], new_partner: true })).toMatchObject({ status: 403 });
  });

  test('a workspace is renamed by its partner and by its own key, and by no other', async () => {
    const partner = await newPartner();
    const made = (await partner.send('POST', '/v1/workspaces', { name: 'Before' })).body;
    const path = `/v1/workspaces/${made.workspace_id}`;
    const own = as(made.api_key);
    expect(await partner.send('PATCH', path, { name: 'By the partner' })).toMatchObject({ status: 200, body: { name: 'By the partner' } });
    expect(await own.send('PATCH', path, { name: 'By itself' })).toMatchObject({ status: 200, body: { workspace_id: made.workspace_id } });
    expect((await partner.get(path)).body.name).toBe('By itself');
    const other = (await partner.send('POST', '/v1/workspaces', { name: 'Neighbour' })).body;
    expect(await as(other.api_key).send('PATCH', path, { name: 'x' })).toMatchObject({ status: 404 });
    const writer = (await own.send('POST', '/v1/api-keys', { name: 'w', scopes: ['read', 'write'] })).body.api_key;
    expect(await as(writer).send('PATCH', path, { name: 'x' })).toMatchObject({ status: 403 });
    expect(await own.send('PATCH', path, { name: '   ' })).toMatchObject({ status: 400, body: { errors: [{ path: '/name' }] } });
    expect(await own.get('/v1/workspaces')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const [entry] = (await own.get('/v1/audit-log?operation=updateWorkspace')).body.entries;
    expect(entry).toMatchObject({ target_ids: [made.workspace_id], changed_fields: ['name'] });
  });
});
