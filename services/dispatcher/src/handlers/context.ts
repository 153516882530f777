import type { CommandContext } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { invalidField } from '@baton/errors/baton-error.ts';

/** Every command names its workspace; one that does not comes from a bug in the caller. */
export function contextOf(context: CommandContext | undefined): { workspaceId: string; commandId: string | null } {
  if (!context?.workspaceId) throw invalidField('/context/workspace_id', 'is missing');
  return { workspaceId: context.workspaceId, commandId: context.commandId || null };
}
