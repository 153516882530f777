import { connectBus } from '@baton/bus/connect.ts';
import { ContactServiceClient } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { ListConversationsRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { Backend } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { PastTurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import { type Replay, ReplayServiceClient, Selection } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { createClient, type RpcClient } from '@baton/rpc/client.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import { startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { startInfra } from '@baton/testkit/infra.ts';
import { startService } from '../src/service.ts';
import type { ReplayAnswer } from '../src/store/tables.ts';
import { customerWrites, makeWorkspace, startConversationState } from './conversation-state.ts';
import { testConfig, webhookSecret } from './harness.ts';
import { token } from './turn-service-double.ts';

/** The real conversation-state, a dispatcher, an agent's AI and a candidate for its place; and what a test of replays does with them. */
export async function startReplayBench() {
  const servers = await startServers();
  return { ...servers, ...customersOf(servers), ...replaysOf(servers) };
}

type Servers = Awaited<ReturnType<typeof startServers>>;

async function startServers() {
  const open = new AsyncDisposableStack();
  const infra = open.use(await startInfra());
  const state = open.use(await startConversationState(infra));
  const bus = open.use(await connectBus({ url: infra.nats.url, name: 'test' }));
  const live = open.use(await startFakeAi({ secret: webhookSecret }));
  const candidate = open.use(await startFakeAi({ secret: webhookSecret }));
  const provider = open.use(await startFakeProvider({ http: { secret: webhookSecret } }));
  const service = await startService(testConfig(infra, { conversationStateAddress: state.address }), {
    logger: createLogger('dispatcher', 'silent'),
  });
  open.use(service);
  await service.ready;
  const workspace = await makeWorkspace(state, {
    backend: { kind: 'webhook', url: live.url, secret: webhookSecret },
    credentials: { secret: webhookSecret, outbound_url: provider.httpUrl },
  });
  const clientOf = (port: number): RpcClient<ReplayServiceClient> =>
    open.use(createClient(ReplayServiceClient, { address: `127.0.0.1:${port}`, token }));
  const toState = { address: state.address, token };
  return {
    infra,
    state,
    bus,
    live,
    candidate,
    provider,
    workspace,
    clientOf,
    replays: clientOf(service.port),
    contacts: open.use(createClient(ContactServiceClient, toState)),
    pastTurns: open.use(createClient(PastTurnServiceClient, toState)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function customersOf({ state, bus, workspace }: Servers) {
  const { workspaceId } = workspace;
  let customers = 0;

  const conversationOf = async (from: string) => {
    const request = ListConversationsRequest.fromPartial({ workspaceId, pageSize: 250 });
    return (await state.conversations.listConversations(request)).conversations.find((one) => one.fromNumber === from);
  };

  const dispatchesOf = async (conversationId: string) =>
    (await state.conversations.listDispatches({ workspaceId, conversationId, pageSize: 50, cursor: '' })).dispatches;

  const writes = (from: string, text: string) => customerWrites(bus, workspace, { from, text });

  /** The customer writes these, each once the one before is answered; answers the conversation. */
  const talks = async (from: string, ...texts: string[]): Promise<string> => {
    let conversationId = (await conversationOf(from))?.conversationId;
    for (const text of texts) {
      const before = conversationId === undefined ? 0 : (await dispatchesOf(conversationId)).length;
      await writes(from, text);
      const written = await eventually(() => conversationOf(from));
      conversationId = written!.conversationId;
      await eventually(
        () => dispatchesOf(written!.conversationId),
        (found) => found.length > before && found.every((one) => one.settledAt !== undefined),
        { timeoutMs: 20_000, what: 'the answer' },
      );
    }
    return conversationId ?? '';
  };

  return { newCustomer: () => `+1555${String(3_000_000 + ++customers)}`, conversationOf, dispatchesOf, writes, talks };
}

function replaysOf({ replays, candidate, workspace }: Servers) {
  return {
    create(
      selection: Parameters<typeof Selection.fromPartial>[0],
      o: { backend?: Partial<Backend>; commandId?: string; by?: RpcClient<ReplayServiceClient>; workspaceId?: string } = {},
    ): Promise<Replay> {
      const { by = replays, commandId = '', workspaceId = workspace.workspaceId } = o;
      return by.createReplay({
        context: { ...workspace.context, workspaceId, commandId },
        name: 'candidate',
        selection: Selection.fromPartial({ limit: 100, agentId: workspace.agentId, ...selection }),
        // Without a secret: the agent's own is taken.
        backend: Backend.fromPartial(o.backend ?? { kind: 'webhook', url: candidate.url, timeoutMs: 60_000 }),
        maxTokens: 0n,
      });
    },

    ended(replayId: string, timeoutMs = 20_000): Promise<Replay> {
      return eventually(
        () => replays.getReplay({ workspaceId: workspace.workspaceId, replayId }),
        (replay) => replay.endedAt !== undefined,
        { timeoutMs, what: 'the replay to end' },
      );
    },

    async turnsOf(replayId: string) {
      const { turns } = await replays.listReplayTurns({ workspaceId: workspace.workspaceId, replayId, pageSize: 100, cursor: '' });
      return turns.map((turn) => ({ ...turn, answer: turn.answer === '' ? null : (JSON.parse(turn.answer) as ReplayAnswer) }));
    },
  };
}

export type ReplayBench = Awaited<ReturnType<typeof startReplayBench>>;

/** What a backend was asked, told by the texts. */
export function textsOf(call: FakeAi['calls'][number]): string[] {
  return call.turn.messages.map((one) => `${one.role}: ${one.text}`);
}

/** The customer's text that a turn is about. */
export function askedOf({ turn }: FakeAi['calls'][number]): string {
  return turn.messages
    .filter((one) => turn.new_message_ids.includes(one.message_id))
    .map((one) => one.text)
    .join(' ');
}
