import type { Agent, GetAgentRequest } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { DirectoryDeps } from '../../commands/directory.ts';
import { findAgent } from '../../store/directory.ts';
import { agentToWire } from '../../wire/directory.ts';

export async function handleGetAgent({ store }: DirectoryDeps, request: GetAgentRequest): Promise<Agent> {
  const { workspaceId, agentId, alsoDeleted = false } = request;
  return agentToWire(await inWorkspaces(store.db, [workspaceId], (trx) => findAgent(trx, agentId, { alsoDeleted })));
}
