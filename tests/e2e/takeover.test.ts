import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { closedGate } from '../support/gate.ts';
import { pidOf } from '../support/processes.ts';
import { sharedProduct } from '../support/product.ts';
import { Stage } from '../support/stage.ts';
import type { Workspace } from '../support/workspace.ts';

const product = sharedProduct();

let stage: Stage;
let workspace: Workspace;

beforeAll(async () => {
  stage = await Stage.open(product);
  workspace = await stage.workspace({ timeoutMs: 20_000 });
});

afterEach(() => {
  stage.ai.respond();
  stage.provider.respond();
});

afterAll(() => stage?.[Symbol.asyncDispose]());

test('a takeover cuts off the AI call in flight, and nothing is sent', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  stage.ai.respond('hang');
  await customer.says('Are you a machine?');
  const call = await stage.callFor(customer, 'Are you a machine?');
  const answer = await workspace.must('PATCH', customer.path, { ai_mode: 'human' });
  expect(answer).toMatchObject({ changed: true, drained: true, in_flight: [] });
  await eventually(() => call.abandonedAt);
  const dispatch = await stage.settled(customer, 2);
  expect(dispatch).toMatchObject({ outcome: 'suppressed', reason: 'stale_epoch', suggestion: null, reply_message_ids: [] });
  expect(await workspace.must('GET', customer.path)).toMatchObject({ needs_handoff: false, status: 'active' });
  await stage.expectOnlyHeard(customer, ['You said: Hello']);
});

test('a reply that comes while the dispatcher is frozen over the takeover is not sent', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  const gate = closedGate();
  stage.ai.respond(async () => {
    await gate.opened;
    return { json: { text: 'Too late' } };
  });
  await customer.says('Anyone?');
  await stage.callFor(customer, 'Anyone?');
  const pid = pidOf(product, 'dispatcher');
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await workspace.must('PATCH', customer.path, { ai_mode: 'human' })).toMatchObject({ changed: true, drained: true });
    gate.open();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  expect(await stage.settled(customer, 2)).toMatchObject({ outcome: 'suppressed', reason: 'stale_epoch', reply_message_ids: [] });
  await stage.expectOnlyHeard(customer, ['You said: Hello']);
});

test('a takeover between the accepted reply and its claim cancels the reply', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  const gate = stage.holdSends((text) => text === 'First, from a person');
  const path = `${customer.path}/messages`;
  const first = await workspace.must('POST', path, { body: 'First, from a person', takeover: false });
  await stage.calledWith(customer, 'First, from a person');
  await customer.says('What now?');
  // Accepted, and behind the one that the provider has not answered yet: a message waits for those before it.
  const queued = await eventually(
    async () => (await workspace.must('GET', `${customer.path}/messages?page_size=1`)).messages[0],
    (message: Json) => message.author === 'ai' && message.text === 'You said: What now?',
  );
  expect(queued.status).toBe('queued');
  const answer = await workspace.must('PATCH', customer.path, { ai_mode: 'human' });
  expect(answer).toMatchObject({ changed: true, drained: true, in_flight: [] });
  expect(await workspace.must('GET', `/v1/messages/${queued.message_id}`)).toMatchObject({
    status: 'cancelled',
    error: { code: 'stale_epoch' },
  });
  gate.open();
  await eventually(
    () => workspace.must('GET', `/v1/messages/${first.message_id}`),
    ({ status }) => status === 'sent',
  );
  await stage.expectOnlyHeard(customer, ['You said: Hello', 'First, from a person']);
});

test('what a provider already has is named, and drain=true answers when it has settled', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  const gate = stage.holdSends((text) => text === 'You said: Slowly');
  await customer.says('Slowly');
  await stage.calledWith(customer, 'You said: Slowly');
  const taken = await workspace.must('PATCH', customer.path, { ai_mode: 'human' });
  expect(taken).toMatchObject({
    changed: true,
    drained: false,
    in_flight: [{ author: 'ai', text: 'You said: Slowly', status: 'sending' }],
  });
  let isAnswered = false;
  const drained = workspace.must('PATCH', `${customer.path}?drain=true`, { ai_mode: 'human' }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  // A whole other request fits in between, and the answer is still waited for.
  await workspace.must('GET', customer.path);
  expect(isAnswered).toBe(false);
  gate.open();
  expect(await drained).toMatchObject({ changed: false, drained: true, in_flight: [], ai_mode: 'human' });
  expect(await workspace.must('GET', `/v1/messages/${taken.in_flight[0].message_id}`)).toMatchObject({ status: 'sent' });
  await stage.expectOnlyHeard(customer, ['You said: Hello', 'You said: Slowly']);
});

test('drain=true does not wait for ever: after five seconds it names what is still on its way', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  const gate = stage.holdSends((text) => text === 'You said: Stuck');
  await customer.says('Stuck');
  await stage.calledWith(customer, 'You said: Stuck');
  const answer = await workspace.must('PATCH', `${customer.path}?drain=true`, { ai_mode: 'human' });
  expect(answer).toMatchObject({ changed: true, drained: false, in_flight: [{ text: 'You said: Stuck' }] });
  gate.open();
});
