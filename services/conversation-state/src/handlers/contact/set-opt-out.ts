import { OptOut, type SetOptOutRequest } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { loadOptOutState, setOptOut } from '../../commands/opt-outs.ts';
import { decideOnce } from '../../commands/run.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { optOutToWire } from '../../wire/opt-out.ts';

const codec = { kind: 'opt_out', encode: OptOut.encode, decode: OptOut.decode };

export function handleSetOptOut({ store }: { store: Store }, request: SetOptOutRequest): Promise<OptOut> {
  const asked = { context: contextFromWire(request.context), agentId: request.agentId, address: request.address };
  return decideOnce(store, {
    context: asked.context,
    codec,
    load: (pipeline) => loadOptOutState(pipeline, asked.context, asked),
    decide: (ledger, at) => (at.agent ? optOutToWire(setOptOut(ledger, at, asked)) : notFound('agent', asked.agentId)),
  });
}
