import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeOpenAi, startFakeOpenAi } from '@baton/testkit/fake-openai.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, type Customer, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();

let workspace: Workspace;
let account: Account;

beforeAll(async () => {
  workspace = await makeWorkspace(product);
  account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550180' });
});

const change = (agent: Json) => workspace.must('PATCH', `/v1/agents/${workspace.agentId}`, agent);

/** A new customer writes, and is answered. */
async function answered(text: string): Promise<{ customer: Customer; heard: string[]; conversation: Json; dispatch: Json }> {
  const customer = workspace.customer(account, { name: 'Ada' });
  await customer.says(text);
  const heard = await customer.heard(1, 30_000);
  return { customer, heard, ...(await stateOf(customer)) };
}

async function stateOf(customer: Customer): Promise<{ conversation: Json; dispatch: Json }> {
  const { conversation_id } = await workspace.conversationOf(customer.address);
  const at = `/v1/conversations/${conversation_id}`;
  return { conversation: await workspace.must('GET', at), dispatch: (await workspace.must('GET', `${at}/dispatches`)).dispatches[0] };
}

describe('a model', () => {
  let model: FakeOpenAi;
  const ours = () => ({
    kind: 'openai',
    base_url: model.baseUrl,
    api_key: 'sk-e2e',
    model: 'small',
    system_prompt: 'Be kind to {{contact.name}}.',
  });

  beforeAll(async () => {
    model = await startFakeOpenAi({ apiKey: 'sk-e2e' });
    await change({ backend: ours(), approval: 'none' });
  });
  afterAll(() => model?.[Symbol.asyncDispose]());

  test('answers a customer, and what it cost stands with the turn', async () => {
    model.respond({ text: 'We are open until ten.' });
    const { heard, dispatch } = await answered('Are you open?');
    expect(heard).toEqual(['We are open until ten.']);
    expect(dispatch).toMatchObject({ outcome: 'replied', attempts: 1, usage: { model: 'small-2026', input_tokens: 31, output_tokens: 7 } });
    const { request } = model.calls.at(-1)!;
    expect(request.messages).toMatchObject([
      { role: 'system', content: expect.stringMatching(/^Be kind to Ada\./) },
      { role: 'user', content: 'Are you open?' },
    ]);
  });

  test('hands off, and hears what the person said when it is given back', async () => {
    const given = { reason: 'allergy', summary: 'Asks about nuts.', message: 'A colleague will tell you.' };
    model.respond({ tool: { name: 'hand_off_to_human', arguments: JSON.stringify(given) } });
    const { customer, heard, conversation, dispatch } = await answered('Are there nuts in it?');
    expect(heard).toEqual([given.message]);
    expect(dispatch).toMatchObject({ outcome: 'handed_off' });
    expect(conversation).toMatchObject({ ai_mode: 'human', needs_handoff: true, status: 'escalated' });
    const at = `/v1/conversations/${conversation.conversation_id}`;
    await workspace.must('POST', `${at}/messages`, { body: 'No nuts at all.' });
    await customer.heard(2);
    await workspace.must('POST', `${at}/resume-ai`);
    model.respond({ text: 'You are welcome.' });
    await customer.says('Thank you!');
    expect(await customer.heard(3)).toEqual([given.message, 'No nuts at all.', 'You are welcome.']);
    const { messages } = model.calls.at(-1)!.request;
    expect(messages[0]?.content).toContain('given it back to you');
    expect(messages.at(-2)).toMatchObject({ role: 'assistant', content: `${given.message}\n\n[human colleague] No nuts at all.` });
  });

  test('that is writing when a person takes over is cut off, and says nothing', async () => {
    model.respond({ text: 'I was about to', end: 'hang' });
    const calls = model.calls.length;
    const customer = workspace.customer(account);
    await customer.says('Hello?');
    const call = await model.call(calls + 1);
    const { conversation } = await stateOf(customer);
    const at = `/v1/conversations/${conversation.conversation_id}`;
    expect(await workspace.must('PATCH', `${at}?drain=true`, { ai_mode: 'human' })).toMatchObject({ drained: true });
    await eventually(() => call.abandonedAt !== undefined);
    await eventually(
      async () => (await stateOf(customer)).dispatch,
      ({ outcome, reason }) => outcome === 'suppressed' && reason === 'stale_epoch',
    );
    expect(await customer.outbox()).toEqual([]);
  });

  test('hears a burst at once, when it is quiet; or again with what came while it thought', async () => {
    await change({ debounce_ms: 300 });
    model.respond({ text: 'Both.' });
    const patient = workspace.customer(account);
    let calls = model.calls.length;
    await patient.says('One');
    await patient.says('Two');
    expect(await patient.heard(1)).toEqual(['Both.']);
    expect(model.calls.slice(calls).map((call) => call.request.messages.at(-1)?.content)).toEqual(['One\n\nTwo']);
    await change({ debounce_ms: 0, burst: 'supersede' });
    calls = model.calls.length;
    model.respond((_, nth) => (nth === calls + 1 ? { text: 'I am', end: 'hang' } : { text: 'Once for both.' }));
    const hasty = workspace.customer(account);
    await hasty.says('Three');
    const first = await model.call(calls + 1);
    await hasty.says('Four');
    expect(await hasty.heard(1)).toEqual(['Once for both.']);
    await eventually(() => first.abandonedAt !== undefined);
    expect((await model.call(calls + 2)).request.messages.at(-1)?.content).toBe('Three\n\nFour');
    const { conversation_id } = await workspace.conversationOf(hasty.address);
    const { dispatches } = await workspace.must('GET', `/v1/conversations/${conversation_id}/dispatches`);
    expect(dispatches.map((one: Json) => one.outcome)).toEqual(['replied', 'superseded']);
    await change({ burst: 'queue' });
  });

  test('in the shadow of another is asked the same and never heard', async () => {
    const shadow_backend = { kind: 'openai', base_url: model.baseUrl, api_key: 'sk-e2e', model: 'candidate' };
    expect((await change({ backend: { kind: 'echo' }, shadow_backend })).shadow_backend).toMatchObject({
      model: 'candidate',
      has_secret: true,
    });
    const calls = model.calls.length;
    model.respond({ text: 'I would say yes.' });
    const { customer, heard } = await answered('Is it good?');
    expect(heard).toEqual(['Echo: Is it good?']);
    const { dispatch } = await eventually(
      () => stateOf(customer),
      (found) => found.dispatch.shadow !== null,
    );
    expect(dispatch).toMatchObject({
      outcome: 'replied',
      usage: null,
      shadow: { result: 'reply', messages: [{ text: 'I would say yes.' }], error: null, usage: { model: 'candidate-2026' } },
    });
    expect(await customer.outbox()).toHaveLength(1);
    model.respond({ status: 401, error: { code: 'invalid_api_key' } });
    await customer.says('Really?');
    expect((await customer.heard(2))[1]).toBe('Echo: Really?');
    const failed = await eventually(
      () => stateOf(customer),
      (found) => found.dispatch.shadow?.result === 'failed',
    );
    expect(failed.dispatch).toMatchObject({ outcome: 'replied', error: null, shadow: { error: expect.stringContaining('401') } });
    expect(model.calls.length).toBe(calls + 2);
    expect(await change({ backend: ours(), shadow_backend: null })).toMatchObject({ shadow_backend: null });
  });

  test('can be tried, and nothing of it is kept', async () => {
    model.respond({ text: 'Soup.' });
    const before = (await workspace.must('GET', '/v1/conversations?page_size=250')).conversations.length;
    const path = `/v1/agents/${workspace.agentId}/test-turn`;
    const messages = [
      { role: 'user', text: 'Hello' },
      { role: 'operator', text: 'Hello, here is Rosa.' },
      { role: 'user', text: 'What is there?' },
    ];
    const answer = await workspace.must('POST', path, { messages, contact: { name: 'Grace' }, channel: 'sms' });
    expect(answer).toMatchObject({
      result: 'reply',
      messages: [{ text: 'Soup.' }],
      error: null,
      attempts: 1,
      usage: { model: 'small-2026' },
    });
    const { request } = model.calls.at(-1)!;
    expect(request.messages[0]?.content).toMatch(/^Be kind to Grace\./);
    expect(request.messages.slice(1)).toMatchObject([{ content: 'Hello' }, { content: '[human colleague] Hello, here is Rosa.' }, {}]);
    model.respond({ status: 401, error: { code: 'invalid_api_key' } });
    expect(await workspace.must('POST', path, { text: 'Hello?' })).toMatchObject({
      result: 'failed',
      error: 'the backend answered 401 (invalid_api_key)',
      messages: [],
    });
    expect((await workspace.must('GET', '/v1/conversations?page_size=250')).conversations).toHaveLength(before);
    const refused = await workspace.call('POST', path, { body: { messages: messages.slice(0, 2) } });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: '/messages' }] } });
    const other = await makeWorkspace(product);
    expect(await other.call('POST', path, { body: { text: 'Hello?' } })).toMatchObject({ status: 404 });
  });

  test('is judged by past turns before it is switched on', async () => {
    model.respond({ text: 'We are open.' });
    const { customer, conversation } = await answered('Are you open?');
    await workspace.must('PATCH', `/v1/conversations/${conversation.conversation_id}`, { ai_mode: 'human' });
    await workspace.must('POST', `/v1/conversations/${conversation.conversation_id}/messages`, { body: 'Until ten.' });
    const said = await customer.heard(2);
    const calls = model.calls.length;
    model.respond({ tool: { name: 'hand_off_to_human', arguments: JSON.stringify({ reason: 'unsure', summary: 'Asks for the hours.' }) } });
    // With the agent's own key, which goes to the same origin.
    const backend = { kind: 'openai', base_url: model.baseUrl, model: 'candidate', system_prompt: 'It is {{now}}.' };
    const { agentId } = workspace;
    const made = await workspace.must('POST', '/v1/replays', {
      name: 'A candidate',
      agent_id: agentId,
      conversation_ids: [conversation.conversation_id],
      backend,
    });
    expect(made).toMatchObject({ status: 'queued', counts: { total: 1, done: 0 }, backend: { model: 'candidate', has_secret: true } });
    const path = `/v1/replays/${made.replay_id}`;
    const over = await eventually(
      () => workspace.must('GET', path),
      (found) => found.ended_at !== null,
    );
    expect(over).toMatchObject({ status: 'completed', counts: { done: 1, failed: 0 }, usage: { input_tokens: 31, output_tokens: 7 } });
    const { turns } = await workspace.must('GET', `${path}/turns`);
    expect(turns).toMatchObject([
      {
        conversation_id: conversation.conversation_id,
        status: 'done',
        asked: [{ author: 'contact', text: 'Are you open?' }],
        before: {
          outcome: 'replied',
          answered_by: 'ai',
          messages: [{ text: 'We are open.' }, { author: 'human', text: 'Until ten.' }],
          usage: { model: 'small-2026' },
        },
        after: { result: 'reply', handoff: { reason: 'unsure', summary: 'Asks for the hours.' }, usage: { model: 'candidate-2026' } },
      },
    ]);
    expect(model.calls.length).toBe(calls + 1);
    const { messages } = model.calls.at(-1)!.request;
    expect(messages[0]?.content).toContain(`It is ${turns[0].asked[0].created_at.slice(0, 16)}`);
    expect(messages.slice(1)).toMatchObject([{ role: 'user', content: 'Are you open?' }]);
    // Nobody heard of it.
    expect(await customer.heard(2)).toEqual(said);
    expect((await stateOf(customer)).conversation.messages.map((one: Json) => one.text)).toEqual([
      'Until ten.',
      'We are open.',
      'Are you open?',
    ]);
    model.respond({ text: 'Until nine.' });
    await answered('And tomorrow?');
    const dear = await workspace.must('POST', '/v1/replays', { agent_id: agentId, limit: 2, max_tokens: 1, backend });
    const spent = await eventually(
      () => workspace.must('GET', `/v1/replays/${dear.replay_id}`),
      (found) => found.ended_at !== null,
    );
    expect(spent).toMatchObject({ status: 'cancelled', error: 'max_tokens is reached', counts: { total: 2, done: 1, skipped: 1 } });
    expect(await workspace.must('DELETE', path)).toMatchObject({ deleted: true });
    expect(await workspace.call('GET', path)).toMatchObject({ status: 404 });
    expect(await workspace.call('POST', '/v1/replays', { body: { backend } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/agent_id' }] },
    });
  });

  test('that drafts is sent when a person approves', async () => {
    await change({ approval: 'required' });
    model.respond({ text: 'A draft.' });
    const customer = workspace.customer(account);
    await customer.says('What is there today?');
    const [draft] = await eventually(
      async () => (await workspace.must('GET', '/v1/suggestions')).suggestions,
      (found) => found.length === 1,
    );
    await workspace.must('POST', `/v1/suggestions/${draft.suggestion_id}/send`, { text: 'Soup and bread.' });
    expect(await customer.heard(1)).toEqual(['Soup and bread.']);
    expect((await stateOf(customer)).conversation.messages[0]).toMatchObject({ author: 'ai', dispatch_id: draft.suggestion_id });
    await change({ approval: 'none' });
  });
});

const python = spawnSync('python3', ['--version']).status === 0;

describe.each([
  { program: 'server.ts', run: process.execPath, missing: false },
  // Where there is no Python it is skipped, and shown as skipped.
  { program: 'server.py', run: 'python3', missing: !python },
])('the example backend $program', ({ program, run, missing }) => {
  const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
  let child: ChildProcess | undefined;
  let url: string;
  beforeAll(async () => {
    if (missing) return;
    const file = path.resolve(import.meta.dirname, '../../examples/ai-backend', program);
    const env = { ...process.env, BATON_WEBHOOK_SECRET: secret, PORT: '0' };
    child = spawn(run, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
    url = `${line.replace('listening on ', '')}/turn`;
    await change({ backend: { kind: 'webhook', url, secret } });
  });
  afterAll(async () => {
    if (!child) return;
    child.kill();
    await once(child, 'exit');
  });

  test.skipIf(missing)('answers, tags, and hands off on request', async () => {
    const { customer, heard, conversation } = await answered('Do you deliver?');
    expect(heard).toEqual(['Ada, you wrote: Do you deliver?']);
    expect(conversation.tags).toEqual(['example']);
    await customer.says('I want to talk to a human');
    expect((await customer.heard(2))[1]).toBe('One moment, a colleague will answer.');
    const after = await stateOf(customer);
    expect(after.conversation).toMatchObject({ ai_mode: 'human', needs_handoff: true });
    expect(after.dispatch).toMatchObject({ outcome: 'handed_off', error: null });
  });

  test.skipIf(missing)('refuses who does not know the secret', async () => {
    const headers = { 'webhook-id': 'dsp_1', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)), 'webhook-signature': 'v1,AAAA' };
    const answer = await fetch(url, { method: 'POST', headers, body: '{"messages":[]}' });
    expect(answer.status).toBe(401);
  });
});
