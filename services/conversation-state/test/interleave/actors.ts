import { randomUUID } from 'node:crypto';
import { UpdateConversationRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { MessageRow } from '../../src/domain/rows.ts';
import type { SendResult } from '../../src/domain/send.ts';
import { handleUpdateConversation } from '../../src/handlers/conversation/update-conversation.ts';
import { receiveBatch } from '../../src/inbound/receive-batch.ts';
import type { Store } from '../../src/store/store.ts';
import { beginTurns } from '../../src/turns/begin-turns.ts';
import { commitReplies } from '../../src/turns/commit-replies.ts';
import { claimSends, recordSends } from '../../src/turns/sends.ts';
import type { Harness, Workspace } from '../harness.ts';
import { inboundMessage } from '../harness.ts';
import type { Judge } from './judge.ts';
import type { Actor } from './schedule.ts';

/** How the provider takes a message, and where its sender dies. `lingers`: how often the others are let go before the call leaves. */
export interface Sending {
  lingers: number;
  outcome: 'sent' | 'unknown' | 'requeue';
  dies: 'never' | 'before the provider' | 'before the result';
}

/** `waits`: how often the others are let go first. */
export type Act = { waits: number } & (
  | { do: 'turn'; redelivered: boolean; handsOff: boolean; claims: boolean; diesThinking: boolean; sending: Sending }
  | { do: 'send'; redelivered: boolean; sending: Sending }
  | { do: 'operate'; steps: readonly ('human' | 'ai' | 'closed')[] }
  | { do: 'write'; author: 'contact' | 'human' }
);

export interface Scene {
  h: Harness;
  w: Workspace;
  from: string;
  id: string;
  judge: Judge;
}

type Player = (scene: Scene, actor: Actor, store: Store) => Promise<void>;

/** What an actor does, against the store's own functions. */
export function playerOf(act: Act, events: Parameters<typeof handleUpdateConversation>[0]['events']): Player {
  const play = playOf(act, events);
  return async (scene, actor, store) => {
    for (let n = 0; n < act.waits; n++) await actor.gate();
    await play(scene, actor, store);
  };
}

function playOf(act: Act, events: Parameters<typeof handleUpdateConversation>[0]['events']): Player {
  switch (act.do) {
    case 'turn':
      return (scene, actor, store) => runTurn(scene, actor, store, act);
    case 'send':
      return (scene, actor, store) => sendOpen(scene, actor, store, act);
    case 'operate':
      return async (scene, _actor, store) => {
        for (const mode of act.steps) await operate(scene, { store, events }, mode);
      };
    case 'write':
      return async (scene, _actor, store) => {
        const message = inboundMessage(scene.w, scene.from, { author: act.author });
        await receiveBatch(store, [{ kind: 'message', message }], { fence: [] });
      };
    default:
      return act satisfies never;
  }
}

/** The phase as it was when the last round trip of this actor left: what is committed by it took effect later. */
function watch(scene: Scene, actor: Actor): () => number {
  let phase = scene.judge.phase;
  actor.leaves = () => {
    phase = scene.judge.phase;
  };
  return () => phase;
}

async function runTurn(scene: Scene, actor: Actor, store: Store, act: Extract<Act, { do: 'turn' }>): Promise<void> {
  const left = watch(scene, actor);
  const at = { workspaceId: scene.w.workspaceId, conversationId: scene.id };
  await actor.gate();
  const dispatchId = await newestDispatch(scene);
  if (dispatchId === undefined) return;
  const [begun] = await beginTurns(store, [{ ...at, dispatchId, redelivered: act.redelivered }]);
  if (begun?.kind !== 'turn') return;
  scene.judge.tookEffect('a turn began', left());
  if (act.diesThinking) return;
  const reply = {
    messages: [{ text: 'AI', attachments: [] }],
    handoff: act.handsOff ? { reason: 'asked', summary: null } : null,
    close: false,
    tags: [],
    status: null,
    metadata: {},
  };
  const claimant = act.claims ? randomUUID() : '';
  const [committed] = await commitReplies(store, [
    {
      ...at,
      dispatchId,
      epoch: begun.dispatch.mode_epoch,
      result: { kind: 'reply', reply },
      latencyMs: 1,
      attempts: 1,
      usage: null,
      claimant,
    },
  ]);
  if (committed?.kind !== 'committed') return;
  scene.judge.tookEffect('a reply was accepted', left());
  if (committed.claimed) await deliver(scene, actor, store, { message: committed.claimed, sending: act.sending, again: false });
}

async function sendOpen(scene: Scene, actor: Actor, store: Store, act: Extract<Act, { do: 'send' }>): Promise<void> {
  const left = watch(scene, actor);
  const at = { workspaceId: scene.w.workspaceId, conversationId: scene.id };
  await actor.gate();
  const messageId = await openReply(scene);
  if (messageId === undefined) return;
  const claimant = randomUUID();
  const [first] = await claimSends(store, [{ ...at, messageId, claimant, insteadOfClaim: 0 }]);
  if (first?.kind === 'claimed') {
    scene.judge.tookEffect('a claim was granted', left());
    return deliver(scene, actor, store, { message: first.message, sending: act.sending, again: false });
  }
  if (first?.kind !== 'in_doubt' || !act.redelivered) return;
  if (!scene.judge.idempotent || first.stale) return record(scene, store, first.message, 'unknown');
  const [second] = await claimSends(store, [{ ...at, messageId, claimant, insteadOfClaim: first.message.claim }]);
  if (second?.kind !== 'claimed') return;
  scene.judge.tookEffect('a claim was granted again', left());
  return deliver(scene, actor, store, { message: second.message, sending: act.sending, again: true });
}

async function deliver(
  scene: Scene,
  actor: Actor,
  store: Store,
  o: { message: MessageRow; sending: Sending; again: boolean },
): Promise<void> {
  if (o.sending.dies === 'before the provider') return;
  for (let n = 0; n <= o.sending.lingers; n++) await actor.gate();
  if (o.sending.outcome !== 'requeue') scene.judge.called(o.message.message_id);
  if (o.sending.dies === 'before the result') return;
  // As the dispatcher does: a silent provider that keeps keys is asked again, and a refusal says nothing of the time before.
  if (o.sending.outcome === 'unknown' && scene.judge.idempotent) return;
  if (o.sending.outcome === 'requeue' && o.again) return;
  return record(scene, store, o.message, o.sending.outcome);
}

async function record(scene: Scene, store: Store, message: MessageRow, outcome: SendResult['outcome']): Promise<void> {
  await recordSends(store, [
    {
      workspaceId: scene.w.workspaceId,
      conversationId: scene.id,
      messageId: message.message_id,
      claim: message.claim,
      outcome,
      provider_message_id: outcome === 'sent' ? `p-${message.message_id}` : '',
      error_code: '',
      error_detail: '',
      retry_after_ms: 3_600_000,
      occurred_at: new Date(),
    },
  ]);
}

async function operate(
  { judge, id, w }: Scene,
  deps: Parameters<typeof handleUpdateConversation>[0],
  aiMode: 'human' | 'ai' | 'closed',
): Promise<void> {
  if (aiMode === 'ai') judge.givingBack();
  try {
    const answer = await handleUpdateConversation(
      deps,
      UpdateConversationRequest.fromPartial({ context: w.context, conversationId: id, aiMode }),
    );
    if (aiMode !== 'ai') judge.acknowledged(answer.inFlight.map((message) => message.messageId));
  } catch (error) {
    // Closed by somebody else is an answer; it says nothing of what is in flight.
    if ((error as { code?: string }).code !== 'conversation_closed') throw error;
  }
}

async function newestDispatch({ h, id }: Scene): Promise<string | undefined> {
  const text = `select dispatch_id from conversation.dispatch where conversation_id = $1 and outcome in ('pending', 'in_flight') order by dispatch_id limit 1`;
  return (await h.admin.query({ name: 'newest_dispatch', text, values: [id] })).rows[0]?.dispatch_id;
}

async function openReply({ h, id }: Scene): Promise<string | undefined> {
  const text = `select message_id from conversation.message where conversation_id = $1 and author = 'ai' and open order by sequence limit 1`;
  return (await h.admin.query({ name: 'open_reply', text, values: [id] })).rows[0]?.message_id;
}
