import type { OpenAiSettings } from '@baton/contracts/directory.ts';
import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeOpenAi, type Saying, startFakeOpenAi } from '@baton/testkit/fake-openai.ts';
import { LLMock } from '@copilotkit/aimock';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Service } from '../src/service.ts';
import { type Harness, pendingMessage, startHarness } from './harness.ts';
import { startTurnServiceDouble, type TurnServiceDouble, turnFor } from './turn-service-double.ts';

const apiKey = 'sk-test-0123456789';
const settings: OpenAiSettings = {
  model: 'gpt-5-mini',
  system_prompt: 'You are {{agent.display_name}}. You talk with {{contact.name}}.',
  temperature: 0.2,
  max_output_tokens: 300,
  history_tokens: null,
  stream: true,
  handoff_tool: true,
  image_urls: false,
};

let harness: Harness;
let model: FakeOpenAi;
let state: TurnServiceDouble;
let service: Service;

beforeAll(async () => {
  harness = await startHarness();
  model = await startFakeOpenAi({ apiKey });
  const backend = { kind: 'openai' as const, url: model.baseUrl, secret: apiKey };
  await harness.putAgent('agt_model', { ...backend, openai: settings });
  await harness.putAgent('agt_whole', { ...backend, openai: { ...settings, stream: false } });
  await harness.putAgent('agt_key', { ...backend, secret: 'sk-wrong', openai: settings });
  await harness.putAgent('agt_private', { ...backend, url: 'http://169.254.169.254/v1', openai: settings });
  state = await startTurnServiceDouble();
  service = await harness.dispatcher({ conversationStateAddress: state.address });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
  await harness[Symbol.asyncDispose]();
});
beforeEach(() => {
  model.calls.length = 0;
  state.commits.length = 0;
  model.respond({ text: 'Hello from the model.' });
});

async function customerWrites(agentId = 'agt_model', more: Parameters<typeof turnFor>[1] = {}) {
  const [conversationId, dispatchId] = [newId('conversation'), newId('dispatch')];
  state.onBegin = (begin) => ({ result: { $case: 'turn', value: turnFor(begin, { agentId, ...more }) } });
  await harness.emit('message.received', { conversationId, agentId, payload: pendingMessage(dispatchId) });
  return { conversationId, dispatchId };
}

const commit = () => eventually(() => state.commits[0], Boolean, { what: 'the commit' }).then((found) => found!);
const said = async () => {
  const { result } = await commit();
  return result?.$case === 'reply' ? result.value : result;
};
const message = (text: string) => ({ messages: [{ text, attachments: [] }] });

describe('an openai backend', () => {
  it.each(['agt_model', 'agt_whole'])(
    'is asked with prompt, history, limits and the tool, and its usage is recorded (%s)',
    async (agentId) => {
      await customerWrites(agentId);
      expect(await commit()).toMatchObject({
        attempts: 1,
        usage: { model: 'gpt-5-mini-2026', inputTokens: 31, outputTokens: 7 },
        result: { $case: 'reply', value: { ...message('Hello from the model.'), handoff: undefined } },
      });
      const { request, headers } = await model.call(1);
      expect(request).toMatchObject({ model: 'gpt-5-mini', temperature: 0.2, max_tokens: 300 });
      expect(request.messages[0]).toEqual({ role: 'system', content: expect.stringContaining(`You are ${agentId}. You talk with Ada.`) });
      expect(request.messages[1]).toEqual({ role: 'user', content: 'hello' });
      expect(request.tools?.[0]?.function.name).toBe('hand_off_to_human');
      expect(Boolean(request.stream)).toBe(agentId === 'agt_model');
      expect(headers.authorization).toBe(`Bearer ${apiKey}`);
    },
  );

  it.each<[string, Saying]>([
    ['in pieces of one byte, characters cut in the middle', { pieces: 1 }],
    ['in pieces of seven bytes', { pieces: 7 }],
    ['with a connection that stays open after the end', { end: 'open' }],
    ['with no [DONE] at the end', { end: 'close' }],
    ['whole, although a stream was asked for', { whole: true }],
  ])('is understood %s', async (_how, how) => {
    const text = 'Schön, 你好 👩‍🍳 — bis 8 Uhr!';
    model.respond({ text, ...how });
    await customerWrites();
    expect(await said()).toMatchObject(message(text));
    expect(await commit()).toMatchObject({ usage: { inputTokens: 31, outputTokens: 7 }, attempts: 1 });
  });

  it('hands off by the tool, with what it tells the customer', async () => {
    const given = { reason: 'wants a refund', summary: 'Order 7 came cold.', message: 'A colleague will write to you.' };
    for (const agentId of ['agt_model', 'agt_whole']) {
      state.commits.length = 0;
      model.respond({ tool: { name: 'hand_off_to_human', arguments: JSON.stringify(given) } });
      await customerWrites(agentId);
      expect(await said()).toMatchObject({ ...message(given.message), handoff: { reason: given.reason, summary: given.summary } });
    }
  });

  it('that refuses hands the customer to a person, without its excuse', async () => {
    model.respond({ refusal: 'I cannot help with that.' });
    await customerWrites();
    expect(await said()).toMatchObject({ messages: [], handoff: { reason: 'model_refused' } });
  });

  it.each<[string, Saying, string]>([
    ['cut off in its first sentence', { text: 'We are open from', finish: 'length' }, 'the answer was cut off at max_output_tokens'],
    ['withheld by a filter', { text: 'I', finish: 'content_filter' }, 'the backend withheld its answer (content_filter)'],
  ])('whose answer is %s fails the turn', async (_what, how, error) => {
    model.respond(how);
    await customerWrites();
    expect(await said()).toEqual({ $case: 'failure', value: { error } });
    expect(model.calls).toHaveLength(1);
  });

  it('that is overloaded or breaks off is asked again', async () => {
    const answers = [
      { status: 429, headers: { 'retry-after-ms': '5' } },
      { text: 'We are', breaks: 'early' as const },
      { text: 'We are', breaks: 'error' as const },
    ];
    model.respond((_, nth) => answers[nth - 1] ?? { text: 'We are open.' });
    await customerWrites('agt_model', { deadline: new Date(Date.now() + 60_000) });
    expect(await said()).toMatchObject(message('We are open.'));
    expect(await commit()).toMatchObject({ attempts: 4, usage: { inputTokens: 31, outputTokens: 7 } });
  });

  it.each([
    ['that has no money left', { status: 429, error: { code: 'insufficient_quota', message: 'You …' } }, '429 (insufficient_quota)'],
    ['that does not know the model', { status: 404, error: { code: 'model_not_found', message: 'The …' } }, '404 (model_not_found)'],
  ])('%s fails the turn at once', async (_who, answer, error) => {
    model.respond(answer);
    await customerWrites();
    expect(await said()).toEqual({ $case: 'failure', value: { error: `the backend answered ${error}` } });
    expect(model.calls).toHaveLength(1);
  });

  it('that cannot stream is asked for a whole answer', async () => {
    model.respond(({ request }) =>
      request.stream ? { status: 400, error: { message: 'stream is not supported', param: 'stream' } } : { text: 'Whole.' },
    );
    await customerWrites();
    expect(await said()).toMatchObject(message('Whole.'));
    expect(await commit()).toMatchObject({ attempts: 1 });
  });

  it.each([
    ['agt_key', 'the backend answered 401 (invalid_api_key)'],
    ['agt_private', 'the address may not be reached (linkLocal); the operator can allow it in BATON_EGRESS_ALLOW'],
  ])('that may not be asked (%s) fails the turn', async (agentId, error) => {
    await customerWrites(agentId);
    expect(await said()).toEqual({ $case: 'failure', value: { error } });
  });

  it('is cut off in the middle of its answer by a takeover: the socket is closed', async () => {
    model.respond({ text: 'We are open', end: 'hang' });
    const { conversationId } = await customerWrites();
    const call = await model.call(1);
    await harness.emit('conversation.mode_changed', {
      conversationId,
      payload: { conversation_id: conversationId, from_mode: 'ai', to_mode: 'human', mode_epoch: 2 },
    });
    expect(await said()).toEqual({ $case: 'failure', value: { error: 'aborted' } });
    await eventually(() => call.abandonedAt !== undefined);
  });
});

describe('the wire, by the official client', () => {
  const client = () => new OpenAI({ apiKey, baseURL: model.baseUrl, maxRetries: 0 });

  it('is what the stub speaks: the client reads from it what Baton does', async () => {
    const tool = { name: 'hand_off_to_human', arguments: '{"reason":"refund"}' };
    model.respond({ text: 'Schön, 你好!', tool, pieces: 3 });
    const asked = { model: 'gpt-5-mini', messages: [{ role: 'user' as const, content: 'hi' }] };
    const stream = client().chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    expect(await stream.finalChatCompletion()).toMatchObject({
      choices: [{ message: { content: 'Schön, 你好!', tool_calls: [{ function: tool }] }, finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 31, completion_tokens: 7 },
    });
    expect(await client().chat.completions.create(asked)).toMatchObject({ choices: [{ message: { content: 'Schön, 你好!' } }] });
    await expect(new OpenAI({ apiKey: 'wrong', baseURL: model.baseUrl, maxRetries: 0 }).chat.completions.create(asked)).rejects.toThrow(
      '401',
    );
  });

  it('is what Baton sends: the client makes the same request of the same parameters', async () => {
    await customerWrites();
    const ours = await model.call(1);
    await client().chat.completions.create(ours.request as unknown as OpenAI.ChatCompletionCreateParamsStreaming);
    const theirs = await model.call(2);
    expect(theirs.request).toEqual(ours.request);
    for (const name of ['authorization', 'content-type']) expect(theirs.headers[name]).toBe(ours.headers[name]);
  });
});

describe('a server of others that speaks the same wire', () => {
  // Not our reading of the wire: its makers hold it to what OpenAI's own servers answer.
  const theirs = new LLMock({ port: 0 });
  const usage = { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 };
  const given = { reason: 'wants a refund', summary: 'Order 7 came cold.', message: 'A colleague will write to you.' };

  beforeAll(async () => {
    const backend = { kind: 'openai' as const, url: `${await theirs.start()}/v1`, secret: apiKey };
    await harness.putAgent('agt_theirs', { ...backend, openai: settings });
    await harness.putAgent('agt_theirs_whole', { ...backend, openai: { ...settings, stream: false } });
  });
  afterAll(() => theirs.stop());
  beforeEach(() => theirs.clearFixtures());

  it.each(['agt_theirs', 'agt_theirs_whole'])('is understood: texts, the tool, what it costs, refusals (%s)', async (agentId) => {
    theirs.onMessage('hello', { content: 'Schön, 你好 👩‍🍳!', usage });
    await customerWrites(agentId);
    expect(await said()).toMatchObject(message('Schön, 你好 👩‍🍳!'));
    expect(await commit()).toMatchObject({ attempts: 1, usage: { inputTokens: 11, outputTokens: 5 } });
    const { path, body } = theirs.getLastRequest()!;
    expect([path, body]).toMatchObject(['/v1/chat/completions', { model: 'gpt-5-mini', tools: [{}] }]);

    state.commits.length = 0;
    theirs.clearFixtures();
    theirs.onMessage('hello', { toolCalls: [{ name: 'hand_off_to_human', arguments: JSON.stringify(given) }], usage });
    await customerWrites(agentId);
    expect(await said()).toMatchObject({ ...message(given.message), handoff: { reason: given.reason, summary: given.summary } });

    state.commits.length = 0;
    theirs.nextRequestError(503, { message: 'The engine is overloaded', type: 'server_error' });
    await customerWrites(agentId, { deadline: new Date(Date.now() + 60_000) });
    expect(await said()).toMatchObject({ handoff: { reason: given.reason } });
    expect(await commit()).toMatchObject({ attempts: 2 });

    state.commits.length = 0;
    theirs.nextRequestError(429, { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' });
    await customerWrites(agentId);
    expect(await said()).toEqual({ $case: 'failure', value: { error: 'the backend answered 429 (insufficient_quota)' } });
  });
});
