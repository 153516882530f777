import { DeadLetterServiceClient } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { createClient, type RpcClient } from '@baton/rpc/client.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mostDeliveries } from '../src/domain/give-up.ts';
import type { Service } from '../src/service.ts';
import { type Harness, pendingMessage, startHarness, workspaceId } from './harness.ts';
import { startTurnServiceDouble, type TurnServiceDouble, token, turnFor } from './turn-service-double.ts';

let harness: Harness;
let state: TurnServiceDouble;
let service: Service;
let operations: RpcClient<DeadLetterServiceClient>;

beforeAll(async () => {
  harness = await startHarness();
  await harness.putAgent('agt_echo', { kind: 'echo' });
  state = await startTurnServiceDouble();
  service = await harness.dispatcher({ conversationStateAddress: state.address });
  operations = createClient(DeadLetterServiceClient, { address: `127.0.0.1:${service.port}`, token });
});
afterAll(async () => {
  operations[Symbol.dispose]();
  await service[Symbol.asyncDispose]();
  await state[Symbol.asyncDispose]();
  await harness[Symbol.asyncDispose]();
});
beforeEach(() => {
  state.begins.length = 0;
  state.commits.length = 0;
  state.onBegin = (begin) => ({ result: { $case: 'turn', value: turnFor(begin) } });
});

const list = async (workspace = workspaceId) =>
  (await operations.listDeadLetters({ workspaceId: workspace, pageSize: 250, cursor: '' })).deadLetters;
const letterAbout = (text: string) =>
  eventually(async () => (await list()).find((one) => one.payload.includes(text)), Boolean, { what: 'the dead letter' }).then(
    (found) => found!,
  );

/** A customer's message whose turn conversation-state cannot bear. */
async function poison(): Promise<string> {
  const dispatchId = newId('dispatch');
  state.onBegin = (begin) => {
    if (begin.dispatchId === dispatchId) throw new BatonError('internal', 'cannot bear it');
    return { result: { $case: 'turn', value: turnFor(begin) } };
  };
  await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(dispatchId) });
  return dispatchId;
}

describe('a signal that keeps failing', () => {
  it('is given up after eight deliveries, seen, and holds up nobody else', async () => {
    const dispatchId = await poison();
    const other = newId('dispatch');
    await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(other) });
    await eventually(() => state.commits.some((commit) => commit.dispatchId === other));
    const letter = await letterAbout(dispatchId);
    expect(letter).toMatchObject({
      workspaceId,
      service: 'dispatcher',
      subject: expect.stringMatching(/^message\.received\.p00\./),
      error: expect.stringContaining('internal'),
      attempts: mostDeliveries,
      state: 'open',
    });
    await harness.drained('dispatcher-turns');
    // Once more where it had come in a batch, which was asked again one by one.
    expect(state.begins.filter((begin) => begin.dispatchId === dispatchId).length).toBeGreaterThanOrEqual(mostDeliveries);
  });

  it('is not given up while conversation-state is away', async () => {
    const dispatchId = newId('dispatch');
    let failures = 0;
    state.onBegin = (begin) => {
      if (++failures <= 3 * mostDeliveries) throw new BatonError('timeout', 'too slow');
      return { result: { $case: 'turn', value: turnFor(begin) } };
    };
    await harness.emit('message.received', { conversationId: newId('conversation'), payload: pendingMessage(dispatchId) });
    await eventually(() => state.commits.some((commit) => commit.dispatchId === dispatchId));
    expect((await list()).some((one) => one.payload.includes(dispatchId))).toBe(false);
  });

  it('is worked on again when it is retried, as the signal that asks for the same work', async () => {
    const dispatchId = await poison();
    const letter = await letterAbout(dispatchId);
    state.onBegin = (begin) => ({ result: { $case: 'turn', value: turnFor(begin) } });
    state.begins.length = 0;
    const before = await harness.bus.jsm.streams.info('EVENTS', { subjects_filter: 'message.received.>' });
    const retried = await operations.retryDeadLetter({ workspaceId, deadLetterId: letter.deadLetterId });
    expect(retried.state).toBe('retried');
    await eventually(() => state.commits.some((commit) => commit.dispatchId === dispatchId));
    expect(state.begins).toEqual([expect.objectContaining({ dispatchId, redelivered: true })]);
    const after = await harness.bus.jsm.streams.info('EVENTS', { subjects_filter: 'message.received.>' });
    expect(after.state.subjects).toEqual(before.state.subjects);
    await expect(operations.retryDeadLetter({ workspaceId, deadLetterId: letter.deadLetterId })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('a signal that cannot be read', () => {
  it.each([
    ['no JSON', 'not json at all'],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00, 0x41])],
    ['an event of another type', JSON.stringify({ event_type: 'message.read', workspace_id: 'a', conversation_id: 'b', payload: {} })],
    ['an event without its payload', JSON.stringify({ event_type: 'message.received', workspace_id: 'a', conversation_id: 'b' })],
    ['deep JSON', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('is a dead letter at once: %s', async (_, data) => {
    const conversationId = newId('conversation');
    await harness.emitRaw(`message.received.p00.${workspaceId}.${conversationId}`, data);
    const letter = await eventually(async () => (await list()).find((one) => one.subject.endsWith(conversationId)), Boolean).then(
      (found) => found!,
    );
    expect(letter).toMatchObject({ attempts: 1, state: 'open' });
    await expect(operations.retryDeadLetter({ workspaceId, deadLetterId: letter.deadLetterId })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await operations.dropDeadLetter({ workspaceId, deadLetterId: letter.deadLetterId })).toMatchObject({ state: 'dropped' });
  });
});

describe('dead letters', () => {
  it('of one workspace do not exist for another', async () => {
    const [letter] = await list();
    const stranger = newId('workspace');
    expect(await list(stranger)).toEqual([]);
    for (const call of [operations.retryDeadLetter, operations.dropDeadLetter])
      await expect(call({ workspaceId: stranger, deadLetterId: letter!.deadLetterId })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('come in pages, newest first, without gap or repeat', async () => {
    const whole = (await list()).map((one) => one.deadLetterId);
    const paged: string[] = [];
    let cursor = '';
    do {
      const page = await operations.listDeadLetters({ workspaceId, pageSize: 3, cursor });
      paged.push(...page.deadLetters.map((one) => one.deadLetterId));
      cursor = page.nextCursor;
    } while (cursor !== '');
    expect(whole.length).toBeGreaterThan(3);
    expect(paged).toEqual(whole);
    expect(whole).toEqual([...whole].sort().reverse());
    await expect(operations.listDeadLetters({ workspaceId, pageSize: 3, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid_page_token',
    });
  });

  it('are shown to nobody without the service token', async () => {
    using stranger = createClient(DeadLetterServiceClient, { address: `127.0.0.1:${service.port}`, token: 'wrong' });
    await expect(stranger.listDeadLetters({ workspaceId, pageSize: 1, cursor: '' })).rejects.toThrow();
  });
});
