import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import { ConversationServiceClient } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import {
  Agent,
  type Backend,
  ChannelAccount,
  DirectoryServiceClient,
} from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { createClient, type RpcClient } from '@baton/rpc/client.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import { inboundMessage, inboundPublication } from '@baton/testkit/inbound-message.ts';
import type { Infra } from '@baton/testkit/infra.ts';
import { secretKeys } from './harness.ts';
import { token } from './turn-service-double.ts';

/** The real conversation-state as a process of its own, which can be killed. */
export interface ConversationState extends AsyncDisposable {
  address: string;
  conversations: RpcClient<ConversationServiceClient>;
  directory: RpcClient<DirectoryServiceClient>;
  /** SIGKILL, then a new process on the same address. */
  killAndRestart(): Promise<void>;
}

export async function startConversationState(infra: Infra): Promise<ConversationState> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  const start = async () => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', '@baton/telemetry/register.ts', 'src/main.ts'],
      {
        cwd: fileURLToPath(new URL('../../conversation-state/', import.meta.url)),
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          BATON_PARENT_PID: String(process.pid),
          BATON_CONVERSATION_STATE_PORT: String(port),
          BATON_CONVERSATION_STATE_OPS_PORT: String(opsPort),
          BATON_NATS_URL: infra.nats.url,
          BATON_POSTGRES_OWNER_URL: infra.postgres.urls.baton_owner,
          BATON_POSTGRES_URL: infra.postgres.urls.baton_conversation,
          BATON_POSTGRES_SYSTEM_URL: infra.postgres.urls.baton_conversation_system,
          BATON_SERVICE_TOKEN: token,
          BATON_SECRET_KEYS: secretKeys.join(','),
          BATON_LOG_LEVEL: 'error',
        },
      },
    );
    await eventually(async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok, Boolean, {
      timeoutMs: 60_000,
      what: 'conversation-state to be ready',
    });
    return child;
  };
  let child: ChildProcess = await start();
  const conversations = createClient(ConversationServiceClient, { address, token });
  const directory = createClient(DirectoryServiceClient, { address, token });
  return {
    address,
    conversations,
    directory,
    async killAndRestart() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      conversations[Symbol.dispose]();
      directory[Symbol.dispose]();
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** A workspace whose agent answers by that backend, with one account of the `http` provider. */
export async function makeWorkspace(state: ConversationState, o: { backend: Partial<Backend>; credentials: { [key: string]: string } }) {
  const { workspaceId } = await state.directory.createWorkspace({ name: 'Test', partnerId: '', commandId: '' });
  const context = { workspaceId, actor: { kind: 'api_key', id: 'key_test' }, commandId: '' };
  const { agentId } = await state.directory.createAgent({
    context,
    agent: Agent.fromPartial({ displayName: 'Ada', backend: { timeoutMs: 10_000, ...o.backend } }),
  });
  const { channelAccountId } = await state.directory.createChannelAccount({
    context,
    channelAccount: ChannelAccount.fromPartial({
      provider: 'http',
      channel: 'sms',
      address: '+15550100',
      agentId,
      credentials: o.credentials,
    }),
  });
  return { workspaceId, agentId, channelAccountId, context };
}

/** A customer of the workspace writes; published as ingest does. */
export async function customerWrites(
  bus: Bus,
  { workspaceId, agentId, channelAccountId }: { workspaceId: string; agentId: string; channelAccountId: string },
  { from, text }: { from: string; text: string },
): Promise<void> {
  const who = { workspace_id: workspaceId, agent_id: agentId, channel_account_id: channelAccountId, from };
  await publish(bus, inboundPublication(inboundMessage({ ...who, provider: 'http', text })));
}
