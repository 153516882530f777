import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { Breakers } from '../domain/breaker.ts';
import type { TurnEnd } from '../domain/replay/progress.ts';
import { webhookKey } from '../domain/signature.ts';
import type { ReplayRow } from '../store/replays/replays.ts';
import type { ReplayClaim } from '../store/replays/turns.ts';
import type { ReplayAnswer } from '../store/tables.ts';
import { askBackend, type BackendDeps } from '../turns/ask-backend.ts';
import { shadowAnswer } from '../turns/shadow-answer.ts';
import type { ReplayDeps } from './deps.ts';

/** A live turn may take so many times its backend's time limit. */
const turnBudget = 3;
/** A turn that so many instances did not survive is not begun again. */
const mostAttempts = 5;

/** What one replay asks its backend with: kept while the instance works on it. */
export type Asker = Pick<BackendDeps, 'secrets' | 'breakers'>;

/** The secret is opened once, and not where it is not needed: a replay whose secret cannot be opened fails turn by turn, with the reason. */
export function askerOf(box: SecretBox, replay: ReplayRow): Asker {
  let opened: string | undefined;
  const backendSecret = () => {
    const { secret } = replay.backend;
    if (secret) opened ??= box.open(secret, `replay:${replay.replay_id}`);
    return opened;
  };
  return {
    breakers: new Breakers({ failures: 10, firstMs: 1000, longestMs: 30_000 }),
    secrets: { backendSecret, backendKey: () => webhookKey(backendSecret() ?? '') },
  };
}

export type PastTurnEnd = TurnEnd & { answer: ReplayAnswer | null };

/** Puts a past turn to the replay's backend. undefined: cut off. Rejects when conversation-state cannot say what was asked. */
export async function askPastTurn(
  deps: ReplayDeps,
  o: { replay: ReplayRow; claim: ReplayClaim; asker: Asker; signal: AbortSignal },
): Promise<PastTurnEnd | undefined> {
  const { replay, claim, asker, signal } = o;
  if (claim.attempts > mostAttempts) return leftOut('it was begun again and again');
  const agent = deps.directory.agent(claim.agent_id);
  if (agent?.workspace_id !== claim.workspace_id) return leftOut('the agent is gone');
  const { turn } = await deps.pastTurns.getPastTurn({ workspaceId: claim.workspace_id, dispatchId: claim.dispatch_id }, { signal });
  if (!turn) return leftOut('nothing is left of it');
  const { backend } = replay;
  const began = performance.now();
  const answered = await askBackend(
    { ...deps, ...asker },
    { ...agent, backend },
    {
      turn: { ...turn, dispatchId: claim.asked_as, deadline: new Date(Date.now() + turnBudget * backend.timeout_ms) },
      traceparent: undefined,
      signal,
      purpose: 'replay',
      now: turn.messages.at(-1)?.createdAt,
    },
  );
  if (answered.result.kind === 'cut_off') return undefined;
  const answer = shadowAnswer(answered, Math.round(performance.now() - began));
  return { status: answer.result === 'failed' ? 'failed' : 'done', error: answer.error, usage: answer.usage, answer };
}

function leftOut(error: string): PastTurnEnd {
  return { status: 'skipped', error, usage: null, answer: null };
}
