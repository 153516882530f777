import type { Agent, CreateAgentRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import { changeDirectory, type DirectoryDeps } from '../../commands/directory.ts';
import { findAgent } from '../../store/directory.ts';
import { agentDefaults, agentFields, applyAgent } from '../../wire/agent/agent.ts';
import { contextFromWire } from '../../wire/context.ts';
import { agentToWire } from '../../wire/directory.ts';

/** Fields that the request leaves at their zero take Baton's defaults. */
export async function handleCreateAgent({ store, secrets }: DirectoryDeps, request: CreateAgentRequest): Promise<Agent> {
  const context = contextFromWire(request.context);
  const wire = request.agent;
  if (!wire) throw invalidField('/agent', 'is missing');
  const now = store.now();
  const blank = {
    agent_id: newId('agent'),
    workspace_id: context.workspaceId,
    display_name: '',
    ...agentDefaults,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
  const given = agentFields.filter((field) => isGiven(wire, field));
  const row = applyAgent(blank, wire, ['display_name', ...given], secrets);
  const stored = await changeDirectory(store, context, {
    write: async (trx) => {
      await trx.insertInto('conversation.agent').values(row).execute();
      return { kind: 'agent' as const, row };
    },
    again: async (trx, id) => ({ kind: 'agent' as const, row: await findAgent(trx, id) }),
    idOf: (entry) => entry.row.agent_id,
  });
  return agentToWire(stored);
}

function isGiven(wire: Agent, field: (typeof agentFields)[number]): boolean {
  switch (field) {
    case 'backend':
      return wire.backend !== undefined;
    case 'shadow_backend':
      return wire.shadowBackend !== undefined;
    case 'takeover_timeout_seconds':
      return wire.takeoverTimeoutSeconds !== undefined;
    case 'silence_timeout_seconds':
      return wire.silenceTimeoutSeconds !== undefined;
    case 'fallback_text':
      return wire.fallbackText !== undefined;
    case 'debounce_ms':
      return wire.debounceMs !== 0;
    case 'history_limit':
      return wire.historyLimit !== 0;
    case 'language':
    case 'handoff':
    case 'burst':
    case 'approval':
      return wire[field] !== '';
    case 'enabled':
      return wire.enabled !== undefined;
    case 'display_name':
      return false;
    default:
      field satisfies never;
      return false;
  }
}
