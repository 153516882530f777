import { backendToWire } from '@baton/contracts/backend-wire.ts';
import type { DirectoryAgent, DirectoryChannelAccount, DirectoryWorkspace } from '@baton/contracts/directory.ts';
import type { Agent, ChannelAccount, Workspace } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import type { Provider } from '@baton/contracts/vocabulary.ts';
import type { AccountTrafficRow, AgentRow, ChannelAccountRow, WorkspaceRow } from '../domain/rows.ts';

/** Directory rows for callers (secrets stay inside) and for the KV bucket (secrets sealed). */

export function workspaceToWire(row: WorkspaceRow): Workspace {
  return { workspaceId: row.workspace_id, name: row.name, partnerId: row.partner_id ?? '', createdAt: row.created_at };
}

export function agentToWire(row: AgentRow): Agent {
  return {
    agentId: row.agent_id,
    workspaceId: row.workspace_id,
    displayName: row.display_name,
    language: row.language,
    enabled: row.enabled,
    backend: backendToWire(row.backend, row.backend_secret !== null),
    shadowBackend: row.shadow_backend ? backendToWire(row.shadow_backend, row.shadow_secret !== null) : undefined,
    takeoverTimeoutSeconds: row.takeover_timeout_seconds ?? undefined,
    handoff: row.handoff,
    debounceMs: row.debounce_ms,
    burst: row.burst,
    approval: row.approval,
    silenceTimeoutSeconds: row.silence_timeout_seconds ?? undefined,
    fallbackText: row.fallback_text ?? undefined,
    historyLimit: row.history_limit,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function channelAccountToWire(row: ChannelAccountRow, traffic?: AccountTrafficRow): ChannelAccount {
  return {
    channelAccountId: row.channel_account_id,
    workspaceId: row.workspace_id,
    provider: row.provider,
    channel: row.channel,
    address: row.address,
    agentId: row.agent_id,
    enabled: row.enabled,
    credentials: undefined,
    credentialNames: row.credential_names,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastReceivedAt: traffic?.last_received_at ?? undefined,
    lastSentAt: traffic?.last_sent_at ?? undefined,
    lastErrorCode: traffic?.last_error ?? undefined,
    lastErrorAt: traffic?.last_error_at ?? undefined,
  };
}

export function workspaceEntry(row: WorkspaceRow): DirectoryWorkspace {
  return { workspace_id: row.workspace_id, name: row.name, partner_id: row.partner_id };
}

export function agentEntry(row: AgentRow): DirectoryAgent {
  return {
    agent_id: row.agent_id,
    workspace_id: row.workspace_id,
    display_name: row.display_name,
    language: row.language,
    enabled: row.enabled,
    backend: { ...row.backend, secret: row.backend_secret },
    shadow_backend: row.shadow_backend && { ...row.shadow_backend, secret: row.shadow_secret },
    fallback_text: row.fallback_text,
  };
}

export function channelAccountEntry(row: ChannelAccountRow): DirectoryChannelAccount {
  return {
    channel_account_id: row.channel_account_id,
    workspace_id: row.workspace_id,
    provider: row.provider as Provider,
    channel: row.channel,
    address: row.address,
    agent_id: row.agent_id,
    enabled: row.enabled,
    credentials: row.credentials,
  };
}
