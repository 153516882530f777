import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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

test('a reply from before a takeover stays out when the conversation is back with the AI', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  stage.ai.respond({ status: 202 });
  await customer.says('First question');
  const { turn } = await stage.callFor(customer, 'First question');
  await stage.deferred(customer);
  await workspace.must('PATCH', customer.path, { ai_mode: 'human' });
  expect(await workspace.must('POST', `${customer.path}/resume-ai`)).toMatchObject({ ai_mode: 'ai', mode_epoch: 3 });
  stage.ai.respond();
  // The mode is the same as when the turn began; only the epoch tells the difference.
  const late = await workspace.must('POST', `/v1/dispatches/${turn.dispatch_id}/reply`, { text: 'Of the first epoch' });
  expect(late).toMatchObject({ result: 'suggestion', outcome: 'suppressed', message_ids: [] });
  await customer.says('Second question');
  await stage.expectHeard(customer, ['You said: Hello', 'You said: Second question']);
  const { dispatches } = await workspace.must('GET', `${customer.path}/dispatches`);
  expect(dispatches[1]).toMatchObject({
    dispatch_id: turn.dispatch_id,
    outcome: 'suppressed',
    reason: 'stale_epoch',
    suggestion: { messages: [{ text: 'Of the first epoch' }] },
  });
});

test('giving back with dispatch_pending answers what the customer wrote meanwhile', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  await workspace.must('PATCH', customer.path, { ai_mode: 'human' });
  await customer.says('Nobody has answered this');
  await eventually(
    () => stage.dispatches(customer),
    (rows) => rows.length === 2,
  );
  await workspace.must('POST', `${customer.path}/resume-ai`, { dispatch_pending: true });
  await stage.expectHeard(customer, ['You said: Hello', 'You said: Nobody has answered this']);
});

test('a backend that answered 202 replies by REST, once', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  stage.ai.respond({ status: 202 });
  await customer.says('Think about it');
  const { turn } = await stage.callFor(customer, 'Think about it');
  await stage.deferred(customer);
  const path = `/v1/dispatches/${turn.dispatch_id}/reply`;
  expect(await workspace.must('POST', path, { messages: [{ text: 'One.' }, { text: 'Two.' }] })).toMatchObject({
    dispatch_id: turn.dispatch_id,
    result: 'committed',
    outcome: 'replied',
    message_ids: [expect.stringMatching(/^msg_/), expect.stringMatching(/^msg_/)],
  });
  await stage.expectHeard(customer, ['You said: Hello', 'One.', 'Two.']);
  const again = await workspace.call('POST', path, { body: { text: 'Once more' } });
  expect(again.status).toBe(409);
  expect(again.body.code).toBe('dispatch_settled');
  const forged = await workspace.call('POST', path.replace(/.reply$/, '0/reply'), { body: { text: 'x' } });
  expect(forged.status).toBe(404);
});

test('a 202 without an answer fails at the deadline, and the answer that comes after it is refused', async () => {
  const hasty = await hastyWorkspace();
  stage.ai.respond({ status: 202 });
  const customer = await stage.writes(hasty, 'Think about it');
  const { turn } = await stage.callFor(customer, 'Think about it');
  const dispatch = await stage.settled(customer, 1);
  expect(dispatch).toMatchObject({ dispatch_id: turn.dispatch_id, outcome: 'failed' });
  const late = await hasty.call('POST', `/v1/dispatches/${turn.dispatch_id}/reply`, { body: { text: 'At last' } });
  expect(late.status).toBe(409);
  expect(late.body.code).toBe('dispatch_settled');
  expect(await hasty.must('GET', customer.path)).toMatchObject({ needs_handoff: true, ai_mode: 'ai' });
});

test('the AI’s hand-off sends its last words and leaves the conversation to a person', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  stage.ai.respond({
    json: { text: 'I get a colleague.', handoff: { reason: 'asked_for_a_person', summary: 'Broken vase' }, tags: ['vip'] },
  });
  await customer.says('A person, please');
  await stage.expectHeard(customer, ['You said: Hello', 'I get a colleague.']);
  expect(await workspace.must('GET', customer.path)).toMatchObject({
    ai_mode: 'human',
    mode_epoch: 2,
    needs_handoff: true,
    status: 'escalated',
    tags: ['vip'],
  });
  expect((await stage.dispatches(customer))[0]).toMatchObject({ outcome: 'handed_off' });
  const calls = stage.ai.calls.length;
  await customer.says('Still here');
  await eventually(
    () => stage.dispatches(customer),
    (rows) => rows.length === 3,
  );
  expect((await stage.dispatches(customer))[0]).toMatchObject({ outcome: 'suppressed', reason: 'mode_human' });
  expect(stage.ai.calls).toHaveLength(calls);
});

test('a backend that goes on failing is retried, then the fallback is sent and a person is asked for', async () => {
  const hasty = await hastyWorkspace();
  stage.ai.respond({ status: 500 });
  const customer = await stage.writes(hasty, 'Help');
  expect(await stage.settled(customer, 1)).toMatchObject({ outcome: 'failed', error: expect.stringContaining('500') });
  const calls = stage.ai.calls.filter(({ turn }) => turn.conversation_id === customer.id);
  expect(calls.length).toBeGreaterThan(1);
  expect(new Set(calls.map(({ turn }) => turn.dispatch_id)).size).toBe(1);
  expect(new Set(calls.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([calls[0]?.turn.dispatch_id]));
  await stage.expectHeard(customer, ['One moment, a colleague will write to you.']);
  expect(await hasty.must('GET', customer.path)).toMatchObject({ needs_handoff: true, status: 'escalated', ai_mode: 'ai' });
});

test('a backend that recovers is asked again and answers', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  stage.ai.respond((_call, nth) =>
    stage.ai.calls.filter(({ turn }) => turn.conversation_id === customer.id).length < 4
      ? { status: 503 }
      : { json: { text: `Call ${nth}` } },
  );
  await customer.says('Now?');
  expect(await stage.settled(customer, 2)).toMatchObject({ outcome: 'replied', attempts: 3 });
});

/** Its AI has one second for each answer. */
function hastyWorkspace(): Promise<Workspace> {
  return stage.workspace({ timeoutMs: 1_000, fallbackText: 'One moment, a colleague will write to you.' });
}
