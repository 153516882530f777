import type { DirectoryAgent } from '@baton/contracts/directory.ts';
import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { Breakers } from '../domain/breaker.ts';
import type { Events } from '../events.ts';
import type { TurnClient } from '../turn-client.ts';
import { askBackend, type BackendDeps } from './ask-backend.ts';
import { shadowAnswer } from './shadow-answer.ts';

export interface ShadowDeps extends Omit<BackendDeps, 'breakers'> {
  client: Pick<TurnClient, 'recordShadow'>;
}

/**
 * Puts turns to agents' shadow backends beside the real ones, and has what they say stored. The real turn neither waits for it nor hears of it: there are places
 * for so many at once, and what comes beyond is left out; a shadow that fails is its own affair; what is under way when the service stops is lost.
 */
export class Shadows {
  readonly #deps: ShadowDeps;
  readonly #places: number;
  readonly #stopping: AbortSignal;
  readonly #breakers = new Breakers({ failures: 10, firstMs: 1000, longestMs: 30_000 });
  readonly #shadows = new WeakMap<DirectoryAgent, DirectoryAgent>();
  #inHand = 0;

  constructor(deps: ShadowDeps, o: { places: number; stopping: AbortSignal }) {
    const { events } = deps;
    this.#deps = { ...deps, events: quiet(events) };
    this.#places = o.places;
    this.#stopping = o.stopping;
  }

  ask(agent: DirectoryAgent, turn: Turn, workspaceId: string): void {
    const shadow = this.#shadowOf(agent);
    if (!shadow) return;
    if (this.#inHand >= this.#places) {
      this.#deps.events.shadowAsked('left_out');
      return;
    }
    this.#inHand++;
    this.#answer(shadow, turn, workspaceId)
      .catch(() => this.#deps.events.shadowAsked('lost'))
      .finally(() => this.#inHand--);
  }

  async #answer(shadow: DirectoryAgent, turn: Turn, workspaceId: string): Promise<void> {
    const began = performance.now();
    const own = { ...turn, deadline: new Date(Date.now() + shadow.backend.timeout_ms) };
    const deps = { ...this.#deps, breakers: this.#breakers };
    const answered = await askBackend(deps, shadow, { turn: own, traceparent: undefined, signal: this.#stopping, purpose: 'shadow' });
    if (answered.result.kind === 'cut_off') return;
    const answer = shadowAnswer(answered, Math.round(performance.now() - began));
    await this.#deps.client.recordShadow({
      workspaceId,
      conversationId: turn.conversationId,
      dispatchId: turn.dispatchId,
      answer: JSON.stringify(answer),
    });
    this.#deps.events.shadowAsked(answer.result);
  }

  /** The agent as if the shadow were its backend; one object for an entry, so that its secret is opened once. */
  #shadowOf(agent: DirectoryAgent): DirectoryAgent | undefined {
    const known = this.#shadows.get(agent);
    if (known || !agent.shadow_backend || agent.shadow_backend.kind === 'none') return known;
    const shadow = { ...agent, backend: agent.shadow_backend };
    this.#shadows.set(agent, shadow);
    return shadow;
  }
}

/** Counters of real turns count real turns. */
export function quiet(events: Events): Events {
  return { ...events, backendAsked: () => undefined, backendShunned: () => undefined, backendBack: () => undefined };
}
