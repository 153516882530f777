import type { Agent, UpdateAgentRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import { findAgent } from '../../store/directory.ts';
import { applyAgent } from '../../wire/agent/agent.ts';
import { contextFromWire } from '../../wire/context.ts';
import { agentToWire } from '../../wire/directory.ts';

export async function handleUpdateAgent({ store, secrets }: DirectoryDeps, request: UpdateAgentRequest): Promise<Agent> {
  const context = contextFromWire(request.context);
  const wire = request.agent;
  if (!wire) throw invalidField('/agent', 'is missing');
  const stored = await changeDirectory(store, context, {
    write: async (trx) => {
      // The row lock keeps two PATCHes from undoing each other's fields.
      await trx.selectFrom('conversation.agent').select('agent_id').where('agent_id', '=', request.agentId).forUpdate().execute();
      const row = { ...applyAgent(await findAgent(trx, request.agentId), wire, request.fields, secrets), updated_at: store.now() };
      await trx.updateTable('conversation.agent').set(row).where('agent_id', '=', request.agentId).execute();
      return { kind: 'agent' as const, row };
    },
    again: async (trx, id) => ({ kind: 'agent' as const, row: await findAgent(trx, id) }),
    idOf: (entry) => entry.row.agent_id,
  });
  return agentToWire(stored);
}
