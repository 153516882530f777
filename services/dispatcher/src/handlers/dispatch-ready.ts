import type { Outcome } from '@baton/bus/settle.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { delivery, readSignal } from '../signals.ts';
import { type TurnDeps, takeTurn } from '../turns/take-turn.ts';

/** `dispatch.ready`: a debounce ended, the turn before settled, a person handed back, or a lost turn is tried again (`recover`). */
export async function dispatchReady(deps: TurnDeps & { traced: boolean }, message: JsMsg): Promise<Outcome> {
  const event = readSignal('dispatch.ready', message.data);
  const { traceparent, deliveries, redelivered } = delivery(message);
  return takeTurn(deps, {
    workspaceId: event.workspace_id,
    conversationId: event.conversation_id,
    agentId: event.agent_id,
    dispatchId: event.payload.dispatch_id,
    traceparent: deps.traced ? undefined : traceparent,
    deliveries,
    redelivered: redelivered || event.payload.recover === true,
  });
}
