import { publish } from '@baton/bus/publish.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventSubject, inboundSubject } from '@baton/contracts/subjects.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SseClient } from './sse-client.ts';
import { type Answer, type Bench, call, partnerKey, startBench } from './support.ts';
import { makeWorkspace, newCustomer, type Workspace } from './workspace.ts';

let bench: Bench;
let w: Workspace;

beforeAll(async () => {
  bench = await startBench({ BATON_RATE_LIMIT_PER_SECOND: '100000', BATON_RATE_LIMIT_BURST: '100000' }, true);
  w = await makeWorkspace(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

const rowFields =
  'conversation_id agent_id channel from_number to_number status subject tags needs_handoff unread opt_out window_expires_at takeover_expires_at message_count last_message_preview last_message_at created_at updated_at closed_at previous_conversation_id metadata'.split(
    ' ',
  );
const messageFields =
  'message_id conversation_id sequence direction author sender_name channel text attachments status error segments encoding provider_message_id dispatch_id created_at sent_at delivered_at read_at'.split(
    ' ',
  );

const detailFields = ['ai_mode', 'mode_epoch', 'taken_over_by', 'contact'];

describe('shapes', () => {
  test('a list row has every printed field but who answers, contact and messages; the conversation has them all', async () => {
    const id = await w.customerWrites(newCustomer());
    const list = await w.get(`/v1/conversations?agent_id=${w.agentId}&page_size=1`);
    expect(Object.keys(list.body)).toEqual(['conversations', 'next_page_token']);
    expect(Object.keys(list.body.conversations[0]).sort()).toEqual([...rowFields].sort());
    const detailed = await w.get(`/v1/conversations?agent_id=${w.agentId}&page_size=1&details=true&total=true`);
    expect(Object.keys(detailed.body.conversations[0]).sort()).toEqual([...rowFields, ...detailFields].sort());
    expect(detailed.body).toMatchObject({ total: expect.any(Number), conversations: [{ ai_mode: 'ai', contact: { name: 'Ada' } }] });
    const one = await w.get(`/v1/conversations/${id}`);
    expect(Object.keys(one.body).sort()).toEqual([...rowFields, ...detailFields, 'messages', 'next_page_token'].sort());
    expect(one.body).toMatchObject({
      ai_mode: 'ai',
      mode_epoch: expect.any(Number),
      unread: true,
      window_expires_at: null,
      contact: { name: 'Ada', attributes: { lead_status: 'new' } },
    });
    expect(one.headers.get('etag')).toMatch(new RegExp(`^"${one.body.mode_epoch}-[\\w-]{27}"$`));
    expect(Object.keys(one.body.messages[0]).sort()).toEqual([...messageFields].sort());
    expect(one.body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('secrets go in and never come out', async () => {
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
    const agent = await w.post('/v1/agents', {
      display_name: 'Hook',
      backend: { kind: 'webhook', url: 'https://ai.example.com/', secret, timeout_ms: 5000 },
    });
    expect(agent).toMatchObject({ status: 201, body: { backend: { kind: 'webhook', has_secret: true, timeout_ms: 5000 } } });
    const channel = await w.post('/v1/channels', {
      provider: 'twilio',
      channel: 'sms',
      address: '+14155550199',
      agent_id: agent.body.agent_id,
      credentials: { account_sid: `AC${'0'.repeat(32)}`, auth_token: 'tok_very_secret' },
    });
    expect(channel).toMatchObject({ status: 201, body: { credential_names: ['account_sid', 'auth_token'] } });
    expect(channel.body.webhook_url).toBe(`http://127.0.0.1:4001/providers/twilio/${channel.body.channel_account_id}`);
    const changed = await w.patch(`/v1/agents/${agent.body.agent_id}`, { display_name: 'Hook 2', takeover_timeout_seconds: 60 });
    expect(changed.body).toMatchObject({ display_name: 'Hook 2', takeover_timeout_seconds: 60, backend: { has_secret: true } });
    const moved = await w.patch(`/v1/channels/${channel.body.channel_account_id}`, { enabled: false });
    expect(moved).toMatchObject({ status: 200, body: { enabled: false, address: '+14155550199' } });
    const everything = JSON.stringify([
      await w.get('/v1/agents'),
      await w.get('/v1/channels'),
      await w.get(`/v1/agents/${agent.body.agent_id}`),
    ]);
    expect(everything).not.toContain('tok_very_secret');
    expect(everything).not.toContain(secret);
  });

  test('a page token carries on where the page ended, and counts on no other list', async () => {
    for (let i = 0; i < 3; i++) await w.customerWrites(newCustomer(), `page ${i}`);
    const all = (await w.get('/v1/conversations?page_size=250')).body.conversations.map(
      (c: { conversation_id: string }) => c.conversation_id,
    );
    const walked: string[] = [];
    let token: string | null = '';
    let last = '';
    while (token !== null) {
      const page: Answer = await w.get(`/v1/conversations?page_size=2${token === '' ? '' : `&page_token=${token}`}`);
      walked.push(...page.body.conversations.map((c: { conversation_id: string }) => c.conversation_id));
      token = page.body.next_page_token;
      last = token ?? last;
    }
    expect(walked).toEqual(all);
    expect((await w.get(`/v1/agents?page_token=${last}`)).body.code).toBe('invalid_page_token');
    const other = await call(bench.gateway, { path: '/v1/workspaces', method: 'POST', key: partnerKey, body: { name: 'Other' } });
    expect((await call(bench.gateway, { path: `/v1/conversations?page_token=${last}`, key: other.body.api_key })).status).toBe(400);
  });

  test('filters find what they name, and an id that can not exist finds nothing', async () => {
    const id = await w.customerWrites(newCustomer(), 'filter me');
    await w.patch(`/v1/conversations/${id}`, { tags: ['vip'], needs_handoff: true, status: 'escalated' });
    for (const filter of [
      'tag=vip',
      'needs_handoff=true&status=escalated',
      `agent_id=${w.agentId}&tag=vip&channel=sms&unread=true&ai_mode=ai`,
      'tag=vip&updated_after=2020-01-01T00:00:00Z',
    ])
      expect(
        (await w.get(`/v1/conversations?${filter}`)).body.conversations.map((c: { conversation_id: string }) => c.conversation_id),
        filter,
      ).toContain(id);
    expect((await w.get('/v1/conversations?tag=nobody')).body.conversations).toEqual([]);
    expect((await w.get('/v1/conversations?agent_id=agt_x')).body).toEqual({ conversations: [], next_page_token: null });
    expect((await w.get('/v1/conversations?needs_handoff=perhaps')).status).toBe(400);
    expect((await w.get('/v1/conversations?colour=red')).body.errors).toEqual([{ path: 'colour', message: 'is not a known field' }]);
  });
});

describe('who answers', () => {
  test('takeover, the same again, resume, close: the seed’s rules hold literally', async () => {
    const id = await w.customerWrites(newCustomer());
    const taken = await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' });
    expect(taken).toMatchObject({
      status: 200,
      body: { changed: true, from_mode: 'ai', to_mode: 'human', ai_mode: 'human', drained: true, in_flight: [] },
    });
    const again = await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' });
    expect(again.body).toMatchObject({ changed: false, mode_epoch: taken.body.mode_epoch });
    const history = await w.get(`/v1/conversations/${id}/mode-history`);
    expect(history.body.history).toHaveLength(1);
    expect(history.body.history[0]).toMatchObject({
      from_mode: 'ai',
      to_mode: 'human',
      mode_epoch: taken.body.mode_epoch,
      actor_user_id: null,
      actor_kind: 'api_key',
      reason: 'api',
      created_at: expect.any(String),
    });
    const back = await w.post(`/v1/conversations/${id}/resume-ai`);
    expect(back).toMatchObject({ status: 200, body: { changed: true, ai_mode: 'ai', from_mode: 'human' } });
    const closed = await w.patch(`/v1/conversations/${id}?drain=true`, { ai_mode: 'closed' });
    expect(closed.body).toMatchObject({ ai_mode: 'closed', drained: true, closed_at: expect.any(String) });
    expect(await w.patch(`/v1/conversations/${id}`, { ai_mode: 'ai' })).toMatchObject({
      status: 409,
      body: { code: 'conversation_closed' },
    });
    expect(await w.post(`/v1/conversations/${id}/messages`, { body: 'too late' })).toMatchObject({
      status: 409,
      body: { code: 'conversation_closed' },
    });
  });

  test('a label changes without a word about the mode, and null empties the subject', async () => {
    const id = await w.customerWrites(newCustomer());
    const named = await w.patch(`/v1/conversations/${id}`, { subject: 'Table for 8', metadata: { order: 7 }, contact_name: 'Bea' });
    expect(named.body).toMatchObject({ subject: 'Table for 8', metadata: { order: 7 }, contact: { name: 'Bea' } });
    expect(named.body).not.toHaveProperty('changed');
    expect((await w.patch(`/v1/conversations/${id}`, { subject: null })).body.subject).toBeNull();
    expect((await w.patch(`/v1/conversations/${id}`, {})).status).toBe(400);
    expect((await w.patch(`/v1/conversations/${id}`, { metadata: { big: 'x'.repeat(17_000) } })).body.errors).toMatchObject([
      { path: '/metadata' },
    ]);
    expect((await w.post(`/v1/conversations/${id}/read`)).body.unread).toBe(false);
  });

  test('sending by hand takes the conversation over, and says so; with takeover false it does not', async () => {
    const id = await w.customerWrites(newCustomer());
    const quiet = await w.post(`/v1/conversations/${id}/messages`, { text: 'By the way', takeover: false });
    expect(quiet).toMatchObject({
      status: 201,
      body: { author: 'human', direction: 'outbound', status: 'queued', text: 'By the way', takeover: null },
    });
    expect((await w.get(`/v1/conversations/${id}`)).body.ai_mode).toBe('ai');
    const sent = await w.post(`/v1/conversations/${id}/messages`, {
      body: 'I am a person',
      sender_name: 'Ada',
      attachments: [{ url: 'https://x.example/a.png' }],
    });
    expect(sent.body).toMatchObject({
      sender_name: 'Ada',
      segments: 1,
      encoding: 'gsm7',
      takeover: { changed: true, from_mode: 'ai', to_mode: 'human' },
    });
    const { body: message } = await w.get(`/v1/messages/${sent.body.message_id}`);
    expect(message).toMatchObject({ message_id: sent.body.message_id, attachments: [{ url: 'https://x.example/a.png' }] });
    expect(message.status_history[0]).toMatchObject({ status: 'queued', at: expect.any(String) });
    const list = await w.get(`/v1/conversations/${id}/messages?order=asc&author=human`);
    expect(list.body.messages.map((one: { text: string }) => one.text)).toEqual(['By the way', 'I am a person']);
    expect((await w.post(`/v1/conversations/${id}/messages`, { attachments: [] })).status).toBe(400);
    expect((await w.post(`/v1/conversations/${id}/messages`, { body: 'x', attachments: [{ url: 'ftp://x' }] })).body.errors[0].path).toBe(
      '/attachments/0/url',
    );
  });

  test('a message to an address threads onto the conversation; a template passes the WhatsApp window', async () => {
    const customer = newCustomer();
    const sent = await w.post('/v1/messages', { agent_id: w.agentId, channel: 'sms', to_number: customer, body: 'Hello from us' });
    expect(sent).toMatchObject({ status: 202, body: { message_id: expect.stringMatching(/^msg_/), status: 'queued', segments: 1 } });
    const again = await w.post('/v1/messages', {
      agent_id: w.agentId,
      channel: 'sms',
      to_number: ` ${customer.slice(0, 5)} ${customer.slice(5)}`,
      text: 'Again',
    });
    expect(again.body.conversation_id).toBe(sent.body.conversation_id);
    const outside = await w.post('/v1/messages', { agent_id: w.agentId, channel: 'whatsapp', to_number: newCustomer(), body: 'Hi' });
    expect(outside).toMatchObject({ status: 422, body: { code: 'window_expired' } });
    const template = await w.post('/v1/messages/template', {
      agent_id: w.agentId,
      to_number: newCustomer(),
      template_name: 'hello',
      language_code: 'en_US',
      parameters: ['Ada'],
    });
    expect(template).toMatchObject({ status: 202, body: { channel: 'whatsapp', status: 'queued' } });
    const started = await w.post('/v1/conversations', {
      agent_id: w.agentId,
      channel: 'sms',
      to: newCustomer(),
      contact: { name: 'Cy' },
      message: { body: 'First' },
    });
    expect(started).toMatchObject({ status: 201, body: { contact: { name: 'Cy' }, message: { text: 'First' } } });
    expect((await w.post('/v1/messages', { agent_id: w.agentId, channel: 'sms', to_number: '12', body: 'x' })).body.errors[0].path).toBe(
      '/to_number',
    );
  });

  test('dispatches say why the AI did not answer, and one that is unknown takes no reply', async () => {
    const customer = newCustomer();
    const id = await w.customerWrites(customer);
    await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' });
    await w.customerWrites(customer, 'are you there');
    const { dispatches } = (await w.get(`/v1/conversations/${id}/dispatches`)).body;
    expect(dispatches[0]).toMatchObject({
      outcome: 'suppressed',
      reason: 'mode_human',
      attempts: 0,
      suggestion: null,
      reply_message_ids: [],
    });
    expect(Object.keys(dispatches[0]).sort()).toEqual(
      'attempts created_at dispatch_id error handoff latency_ms message_ids mode_epoch outcome reason reply_message_ids settled_at shadow suggestion usage'.split(
        ' ',
      ),
    );
    expect((await w.post(`/v1/dispatches/${newId('dispatch')}/reply`, { text: 'late' })).status).toBe(404);
    expect((await w.post('/v1/dispatches/dsp_x/reply', { text: 'late' })).status).toBe(404);
  });
});

test('a reply to a turn that has not begun is to be sent again', async () => {
  const slow = await makeWorkspace(bench);
  await slow.patch(`/v1/agents/${slow.agentId}`, { backend: { kind: 'echo' }, debounce_ms: 60_000 });
  const id = await slow.customerWrites(newCustomer());
  const [dispatch] = (await slow.get(`/v1/conversations/${id}/dispatches`)).body.dispatches;
  expect(dispatch).toMatchObject({ outcome: 'pending' });
  const answer = await slow.post(`/v1/dispatches/${dispatch.dispatch_id}/reply`, { text: 'Early' });
  expect([answer.status, answer.body.code, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, 'unavailable', true]);
  expect((await slow.get(`/v1/conversations/${id}/messages`)).body.messages).toHaveLength(1);
});

describe('walls', () => {
  test('another workspace’s ids, malformed ids and unknown ids are all the same 404', async () => {
    const id = await w.customerWrites(newCustomer());
    const other = await call(bench.gateway, { path: '/v1/workspaces', method: 'POST', key: partnerKey, body: { name: 'Neighbour' } });
    const neighbour = other.body.api_key as string;
    const ids = [id, newId('conversation'), 'conv_1', newId('agent'), `${id}x`];
    for (const one of ids) {
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['PATCH', '', { ai_mode: 'human' }],
        ['GET', '/messages', undefined],
        ['POST', '/messages', { body: 'x' }],
        ['POST', '/resume-ai', {}],
        ['POST', '/read', {}],
        ['GET', '/mode-history', undefined],
        ['GET', '/dispatches', undefined],
        ['GET', '/stream', undefined],
      ] as const) {
        const answer = await call(bench.gateway, {
          path: `/v1/conversations/${one}${path}`,
          method,
          key: neighbour,
          ...(body && { body }),
        });
        expect(answer, `${method} ${path} ${one}`).toMatchObject({ status: 404, body: { code: 'not_found' } });
      }
    }
    for (const path of [
      `/v1/agents/${w.agentId}`,
      `/v1/channels/${w.channelId}`,
      `/v1/workspaces/${w.workspaceId}`,
      `/v1/stream?agent_id=${w.agentId}`,
    ])
      expect((await call(bench.gateway, { path, key: neighbour })).status, path).toBe(404);
    const sent = await call(bench.gateway, {
      path: '/v1/messages',
      method: 'POST',
      key: neighbour,
      body: { agent_id: w.agentId, channel: 'sms', to_number: newCustomer(), body: 'x' },
    });
    expect(sent.status).toBe(404);
    expect((await call(bench.gateway, { path: '/v1/conversations', key: neighbour })).body.conversations).toEqual([]);
  });

  test('a partner key acts in its own workspaces when it names one, and only there', async () => {
    const named = await call(bench.gateway, { path: '/v1/agents', key: partnerKey, headers: { 'baton-workspace': w.workspaceId } });
    expect(named.body.agents.length).toBeGreaterThan(0);
    expect(
      (await call(bench.gateway, { path: '/v1/agents', key: partnerKey, headers: { 'baton-workspace': newId('workspace') } })).status,
    ).toBe(404);
    expect((await call(bench.gateway, { path: `/v1/workspaces/${w.workspaceId}`, key: partnerKey })).body).toMatchObject({
      name: 'Trattoria',
    });
    expect((await w.post('/v1/workspaces', { name: 'Mine' })).body.code).toBe('forbidden');
  });
});

test('the stream of a conversation tells what happens in it, in order, without gaps', async () => {
  const customer = newCustomer();
  const id = await w.customerWrites(customer);
  await using client = await SseClient.open(`${bench.gateway.url}/v1/conversations/${id}/stream?token=${w.key}`);
  expect(client.status).toBe(200);
  await w.patch(`/v1/conversations/${id}`, { ai_mode: 'human' });
  await w.customerWrites(customer, 'hello?');
  await w.post(`/v1/conversations/${id}/messages`, { body: 'here' });
  const types = () => client.frames.map((frame) => frame.data.event_type as string);
  await eventually(types, (seen) =>
    ['conversation.mode_changed', 'message.received', 'dispatch.suppressed', 'message.queued'].every((type) => seen.includes(type)),
  );
  expect(client.frames.every((frame) => frame.data.conversation_id === id)).toBe(true);
  const sequences = client.sequences;
  expect(sequences).toEqual(sequences.map((_, i) => sequences[0]! + i));
  const mode = client.frames.find((frame) => frame.data.event_type === 'conversation.mode_changed')!;
  expect(mode.data.payload).toMatchObject({ from_mode: 'ai', to_mode: 'human' });
});

test('dead letters of both services are one list, newest first, page by page; an unknown one is not found', async () => {
  expect((await w.get('/v1/dead-letters')).body).toEqual({ dead_letters: [], next_page_token: null });
  const places = ['state', 'dispatcher', 'dispatcher', 'state', 'dispatcher', 'state', 'state'] as const;
  const made: string[] = [];
  for (const place of places) made.unshift(await unreadable(place));
  await eventually(
    async () => (await w.get('/v1/dead-letters')).body.dead_letters,
    (letters) => letters.length === places.length,
  );
  const all = (await w.get('/v1/dead-letters')).body.dead_letters as { dead_letter_id: string; service: string; subject: string }[];
  expect(all.map((letter) => letter.subject)).toEqual(made);
  expect(new Set(all.map((letter) => letter.service))).toEqual(new Set(['conversation-state', 'dispatcher']));
  const walked: string[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page: Answer = await w.get(`/v1/dead-letters?page_size=2${token && `&page_token=${token}`}`);
    walked.push(...page.body.dead_letters.map((letter: { dead_letter_id: string }) => letter.dead_letter_id));
    token = page.body.next_page_token;
  }
  expect(walked).toEqual(all.map((letter) => letter.dead_letter_id));
  expect((await w.post(`/v1/dead-letters/${newId('deadLetter')}/retry`)).status).toBe(404);
  expect((await call(bench.gateway, { path: `/v1/dead-letters/${newId('deadLetter')}`, method: 'DELETE', key: w.key })).status).toBe(404);
});

/** Sends what that service cannot read, and waits until it has given up on it; answers the subject it came by. */
async function unreadable(place: 'state' | 'dispatcher'): Promise<string> {
  const conversationId = newId('conversation');
  const subject =
    place === 'state'
      ? inboundSubject('message', 0, { workspaceId: w.workspaceId, channelAccountId: newId('channelAccount') })
      : eventSubject('message.received', 0, { workspaceId: w.workspaceId, conversationId });
  await publish(bench.bus, { subject, id: newId('event'), data: 'not json' });
  await eventually(
    async () => (await w.get('/v1/dead-letters?page_size=250')).body.dead_letters,
    (letters) => letters.some((letter: { subject: string }) => letter.subject === subject),
  );
  return subject;
}

test('while conversation-state is killed requests get 503 or 504, and all is well once it is back', async () => {
  await bench.state!.kill9();
  const away = await w.get('/v1/conversations');
  expect([503, 504]).toContain(away.status);
  expect(['unavailable', 'timeout']).toContain(away.body.code);
  await bench.state!.restart();
  await eventually(
    () => w.get('/v1/conversations'),
    (answer) => answer.status === 200,
  );
});
