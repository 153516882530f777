import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { TestTurnRequest, TestTurnResponse } from '@baton/contracts/gen/baton/delivery/v1/backend_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import type { Directory } from '@baton/directory/watch.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { Breakers } from '../domain/breaker.ts';
import { lastOf } from '../domain/turn/made-up.ts';
import { soon } from '../soon.ts';
import { askBackend, type BackendDeps } from '../turns/ask-backend.ts';
import type { Answered } from '../turns/insist-on-answer.ts';

export interface TestTurnDeps extends Omit<BackendDeps, 'breakers'> {
  directory: Pick<Directory, 'agent'>;
  stopping: AbortSignal;
}

/** What an agent's AI would say. Nothing is stored, and a backend that fails here is not kept from real turns. */
export async function handleTestTurn(deps: TestTurnDeps, request: TestTurnRequest): Promise<TestTurnResponse> {
  const agent = deps.directory.agent(request.agentId) ?? (await soon(() => deps.directory.agent(request.agentId)));
  if (agent?.workspace_id !== request.workspaceId) throw notFound('agent', request.agentId);
  const breakers = new Breakers({ failures: Number.POSITIVE_INFINITY, firstMs: 0, longestMs: 0 });
  const began = performance.now();
  const turn = madeUp(request, new Date(Date.now() + agent.backend.timeout_ms));
  const answered = await askBackend({ ...deps, breakers }, agent, { turn, traceparent: undefined, signal: deps.stopping, purpose: 'test' });
  return {
    result: resultOf(answered),
    attempts: answered.attempts,
    latencyMs: Math.round(performance.now() - began),
    usage: answered.usage,
  };
}

function madeUp(request: TestTurnRequest, deadline: Date): Turn {
  const messages = request.messages.map((message) => ({
    ...message,
    messageId: message.messageId || newId('message'),
    createdAt: message.createdAt ?? new Date(),
  }));
  return {
    dispatchId: newId('dispatch'),
    conversationId: newId('conversation'),
    agentId: request.agentId,
    channel: request.channel,
    modeEpoch: 1,
    attempt: 1,
    contact: request.contact ?? { contactId: newId('contact'), attributes: {} },
    messages,
    newMessageIds: lastOf(messages, 'user').map(({ messageId }) => messageId),
    deadline,
    channelAccountId: '',
    typing: undefined,
  };
}

function resultOf({ result }: Answered): TestTurnResponse['result'] {
  switch (result.kind) {
    case 'reply':
      return { $case: 'reply', value: result.reply };
    case 'deferred':
      return { $case: 'deferred', value: true };
    case 'failed':
      return { $case: 'error', value: result.error };
    case 'cut_off':
      return { $case: 'error', value: 'the service was stopped' };
    default:
      return result satisfies never;
  }
}
