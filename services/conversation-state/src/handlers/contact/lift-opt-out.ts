import { type LiftOptOutRequest, LiftOptOutResponse } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { liftOptOut, loadOptOutState } from '../../commands/opt-outs.ts';
import { decideOnce } from '../../commands/run.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';

const codec = { kind: 'opt_in', encode: LiftOptOutResponse.encode, decode: LiftOptOutResponse.decode };

export function handleLiftOptOut({ store }: { store: Store }, request: LiftOptOutRequest): Promise<LiftOptOutResponse> {
  const asked = { context: contextFromWire(request.context), agentId: request.agentId, address: request.address };
  return decideOnce(store, {
    context: asked.context,
    codec,
    load: (pipeline) => loadOptOutState(pipeline, asked.context, asked),
    decide: (ledger, at) => {
      if (!at.agent) return notFound('agent', asked.agentId);
      return { agentId: asked.agentId, address: asked.address, lifted: liftOptOut(ledger, at, asked) };
    },
  });
}
