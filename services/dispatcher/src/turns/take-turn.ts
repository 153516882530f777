import { randomUUID } from 'node:crypto';
import { done, type Outcome, retry } from '@baton/bus/settle.ts';
import type { CommitReply, CommitReplyResult, NoTurn, Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Directory } from '@baton/directory/watch.ts';
import type { Bulkhead } from '../domain/bulkhead.ts';
import { redeliverIn } from '../domain/retry-schedule.ts';
import type { InHand } from '../in-hand.ts';
import type { Insist } from '../insist.ts';
import type { Secrets } from '../secrets.ts';
import type { Outgoing } from '../sends/outgoing.ts';
import { soon } from '../soon.ts';
import type { TurnClient } from '../turn-client.ts';
import { askBackend, type BackendDeps, failed } from './ask-backend.ts';
import type { Answered, BackendResult } from './insist-on-answer.ts';
import type { CutOff, RunningTurn, RunningTurns } from './running-turns.ts';
import type { Shadows } from './shadow.ts';
import { showTyping } from './typing.ts';

export interface TurnDeps extends BackendDeps {
  client: Pick<TurnClient, 'beginTurn' | 'commitReply'>;
  directory: Pick<Directory, 'agent' | 'channelAccount'>;
  secrets: Secrets;
  running: RunningTurns;
  bulkhead: Bulkhead;
  inHand: InHand;
  insist: Insist;
  outgoing: Outgoing;
  shadows: Shadows;
}

/** "This turn may begin now": from a message.received or a dispatch.ready. */
export interface TurnSignal {
  workspaceId: string;
  conversationId: string;
  agentId: string;
  dispatchId: string;
  deliveries: number;
  /** Whoever had the signal before is gone or stuck. */
  redelivered: boolean;
  traceparent: string | undefined;
}

/** Begin, call, commit. Whether the AI may answer is decided at both ends by conversation-state, never here. */
export function takeTurn(deps: TurnDeps, signal: TurnSignal): Promise<Outcome> {
  return deps.inHand.run(signal.dispatchId, () => take(deps, signal));
}

/** What is left to do when the agent's place is free again: its AI must not look slow because a provider is. */
type Rest = () => Promise<Outcome>;

const nothing: Rest = async () => done;

async function take(deps: TurnDeps, signal: TurnSignal): Promise<Outcome> {
  const place = deps.bulkhead.enter(signal.agentId, Date.now());
  if (!place) return putBack(deps, signal, redeliverIn(signal.deliveries, Math.random()), 'agent_slow');
  const running = deps.running.enter(signal.conversationId, signal.dispatchId);
  let rest: Rest;
  try {
    const { result } = await deps.client.beginTurn({
      workspaceId: signal.workspaceId,
      conversationId: signal.conversationId,
      dispatchId: signal.dispatchId,
      redelivered: signal.redelivered,
    });
    if (!result) throw new Error('BeginTurn was answered without a result.');
    rest = result.$case === 'noTurn' ? noTurn(deps, signal, result.value) : await answerTurn(deps, signal, result.value, running);
  } finally {
    running.end();
    deps.bulkhead.leave(signal.agentId, place);
  }
  return rest();
}

/**
 * `held`: it runs by another signal, which comes again should its runner die. Put back, this one would come as redelivered, and the AI be asked a second
 * time beside the first.
 */
function noTurn(deps: TurnDeps, signal: TurnSignal, { kind, reason, unsentMessageIds }: NoTurn): Rest {
  if (unsentMessageIds.length > 0) return () => deps.outgoing.recover(signal, unsentMessageIds);
  deps.events.turnEnded({ dispatchId: signal.dispatchId, conversationId: signal.conversationId, outcome: reason || kind });
  return nothing;
}

async function answerTurn(deps: TurnDeps, signal: TurnSignal, turn: Turn, running: RunningTurn): Promise<Rest> {
  if (turn.supersededDispatchId) deps.running.superseded(turn.supersededDispatchId);
  running.begun(turn.modeEpoch);
  const began = performance.now();
  const { result, attempts, backend, usage } = await ask(deps, signal, turn, running);
  const seconds = (performance.now() - began) / 1000;
  if (result.kind === 'cut_off') {
    const cause = running.signal.reason as CutOff;
    deps.events.turnCutOff({ dispatchId: turn.dispatchId, cause });
    // Another instance begins it anew; the turn that replaced this one has already settled it.
    if (cause === 'stopping') return async () => putBack(deps, signal, 0, 'stopping');
    if (cause === 'superseded') return nothing;
  } else deps.events.backendAnswered(backend, seconds);
  const lane = hasText(result) ? deps.outgoing.enter(turn.channelAccountId) : undefined;
  const committed = await commit(deps, signal, turn, {
    result: toCommit(result),
    latencyMs: Math.round(seconds * 1000),
    attempts,
    usage,
    claimant: lane ? randomUUID() : '',
  }).catch((error: unknown) => {
    lane?.leave();
    throw error;
  });
  const { claimed, kind } = committed;
  // Until the provider has answered the signal is not let go: should this process die, whoever gets it next finds the message unsent.
  if (lane && claimed) return () => lane.deliver(claimed, committed.askedAt);
  lane?.leave();
  return kind === 'not_begun' ? async () => putBack(deps, signal, redeliverIn(signal.deliveries, Math.random()), kind) : nothing;
}

function hasText(result: BackendResult): boolean {
  return result.kind === 'reply' && result.reply.messages.length > 0;
}

async function commit(
  deps: TurnDeps,
  signal: TurnSignal,
  turn: Turn,
  o: Pick<CommitReply, 'result' | 'latencyMs' | 'attempts' | 'usage' | 'claimant'>,
): Promise<CommitReplyResult & { askedAt: number }> {
  const reply: CommitReply = {
    ...o,
    workspaceId: signal.workspaceId,
    conversationId: turn.conversationId,
    dispatchId: turn.dispatchId,
    modeEpoch: turn.modeEpoch,
  };
  const committed = await deps.insist(async () => {
    const askedAt = performance.now();
    return { ...(await deps.client.commitReply(reply)), askedAt };
  });
  if (committed.kind !== 'not_begun')
    deps.events.turnEnded({
      dispatchId: turn.dispatchId,
      conversationId: turn.conversationId,
      outcome: committed.outcome || committed.kind,
    });
  return committed;
}

async function ask(deps: TurnDeps, signal: TurnSignal, turn: Turn, running: RunningTurn): Promise<Answered & { backend: string }> {
  const agent = deps.directory.agent(turn.agentId) ?? (await soon(() => deps.directory.agent(turn.agentId)));
  if (!agent) return { ...failed('the agent is not in the directory'), backend: 'unknown' };
  deps.shadows.ask(agent, turn, signal.workspaceId);
  using _typing = showTyping(deps, turn, running.signal);
  const answered = await askBackend(deps, agent, { turn, traceparent: signal.traceparent, signal: running.signal });
  return { ...answered, backend: agent.backend.kind };
}

function toCommit(result: BackendResult): CommitReply['result'] {
  switch (result.kind) {
    case 'reply':
      return { $case: 'reply', value: result.reply };
    case 'deferred':
      return { $case: 'deferred', value: {} };
    case 'failed':
      return { $case: 'failure', value: { error: result.error } };
    case 'cut_off':
      return { $case: 'failure', value: { error: 'aborted' } };
    default:
      return result satisfies never;
  }
}

function putBack(deps: TurnDeps, signal: TurnSignal, delayMs: number, reason: string): Outcome {
  deps.events.signalRetried({ kind: 'turn', id: signal.dispatchId, reason });
  return retry(delayMs, reason);
}
