import { newId } from '@baton/contracts/ids.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';
import { type Harness, pendingMessage, startHarness } from './harness.ts';
import { startTurnServiceDouble, turnFor } from './turn-service-double.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
  await harness.putAgent('agt_echo', { kind: 'echo' });
});
afterAll(() => harness[Symbol.asyncDispose]());

async function probe(port: number, path: string): Promise<{ status: number; problems: string[] }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const body = (await response.json()) as { problems?: Record<string, string> };
  return { status: response.status, problems: Object.keys(body.problems ?? {}).sort() };
}

const customerWrites = (dispatchId: string, agentId = 'agt_echo') =>
  harness.emit('message.received', { conversationId: newId('conversation'), agentId, payload: pendingMessage(dispatchId) });

it('lives while everything it needs is down, says what is missing, and can be stopped', async () => {
  const config = harness.config({
    conversationStateAddress: '127.0.0.1:1',
    natsUrl: 'nats://127.0.0.1:1',
    postgresUrl: 'postgres://nobody@127.0.0.1:1/none',
    postgresOwnerUrl: 'postgres://nobody@127.0.0.1:1/none',
  });
  const service = await startService(config, { logger: createLogger('dispatcher', 'silent') });
  service.ready.catch(() => undefined);
  expect(await probe(service.opsPort, '/healthz')).toMatchObject({ status: 200 });
  expect(await probe(service.opsPort, '/readyz')).toEqual({
    status: 503,
    problems: ['conversation-state', 'directory', 'nats', 'postgres'],
  });
  await service[Symbol.asyncDispose]();
});

it('becomes ready by itself when conversation-state appears, and unready when it goes', async () => {
  const port = await freePort();
  await using service = await harness.dispatcher({ conversationStateAddress: `127.0.0.1:${port}` });
  expect(await probe(service.opsPort, '/readyz')).toEqual({ status: 503, problems: ['conversation-state'] });
  const dispatchId = newId('dispatch');
  await customerWrites(dispatchId);
  const state = await startTurnServiceDouble(port);
  await eventually(
    () => probe(service.opsPort, '/readyz'),
    ({ status }) => status === 200,
  );
  await eventually(() => state.commits.some((commit) => commit.dispatchId === dispatchId));
  const metrics = await (await fetch(`http://127.0.0.1:${service.opsPort}/metrics`)).text();
  expect(metrics).toMatch(/^baton_turns_total\{outcome="replied".*\} [1-9]/m);
  await state[Symbol.asyncDispose]();
  await eventually(
    () => probe(service.opsPort, '/readyz'),
    ({ status }) => status === 503,
  );
});

it('goes on by itself after NATS was killed, and still learns of new agents', async () => {
  await using state = await startTurnServiceDouble();
  await using service = await harness.dispatcher({ conversationStateAddress: state.address });
  await harness.infra.nats.kill9();
  await eventually(
    () => probe(service.opsPort, '/readyz'),
    ({ problems }) => problems.includes('nats'),
  );
  await harness.infra.nats.restart();
  await eventually(
    () => probe(service.opsPort, '/readyz'),
    ({ status }) => status === 200,
    { timeoutMs: 20_000 },
  );
  await eventually(() => harness.bus.problem() === undefined);
  await harness.putAgent('agt_new', { kind: 'echo' });
  state.onBegin = (begin) => ({ result: { $case: 'turn', value: turnFor(begin, { agentId: 'agt_new' }) } });
  const dispatchId = newId('dispatch');
  await customerWrites(dispatchId, 'agt_new');
  const commit = await eventually(() => state.commits.find((one) => one.dispatchId === dispatchId), Boolean, { timeoutMs: 25_000 });
  expect(commit?.result).toMatchObject({ $case: 'reply' });
});

it('names everything missing in one sentence', () => {
  expect(() => loadConfig({ BATON_DISPATCHER_TURNS: 'many' })).toThrow(
    /^dispatcher cannot start: BATON_NATS_URL is missing; .*BATON_SERVICE_TOKEN is missing; .*BATON_DISPATCHER_TURNS must be a whole number.*BATON_SECRET_KEYS is missing\.$/,
  );
});
