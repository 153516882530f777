import { done, type Outcome } from '@baton/bus/settle.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { delivery, readSignal } from '../signals.ts';
import { type TurnDeps, takeTurn } from '../turns/take-turn.ts';

/** `message.received`: a customer wrote. Only a pending dispatch without a due time is ours to begin; a debounced one is signalled by `dispatch.ready`. */
export async function messageReceived(deps: TurnDeps & { traced: boolean }, message: JsMsg): Promise<Outcome> {
  const event = readSignal('message.received', message.data);
  const { dispatch } = event.payload;
  if (dispatch?.outcome !== 'pending' || dispatch.due_at !== null) return done;
  const { traceparent, ...came } = delivery(message);
  return takeTurn(deps, {
    workspaceId: event.workspace_id,
    conversationId: event.conversation_id,
    agentId: event.agent_id,
    dispatchId: dispatch.dispatch_id,
    // With a tracer running, its instrumentation writes the header of the AI call.
    traceparent: deps.traced ? undefined : traceparent,
    ...came,
  });
}
