import type {
  Agent as WireAgent,
  ChannelAccount as WireChannelAccount,
  Workspace as WireWorkspace,
} from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import type { Static } from 'typebox';
import type { Agent, ChannelAccount, CreateAgent, UpdateAgent, Workspace } from '../schemas/configuration.ts';
import { backendJson, backendOf } from './agent/backend.ts';
import { iso, isoOrNull } from './time.ts';

export function workspaceJson(w: WireWorkspace): Workspace {
  return { workspace_id: w.workspaceId, name: w.name, created_at: isoOrNull(w.createdAt) };
}

/** An agent as it is shown: its secret only as "there is one". */
export function agentJson(a: WireAgent): Agent {
  return {
    agent_id: a.agentId,
    display_name: a.displayName,
    language: a.language,
    enabled: a.enabled ?? true,
    backend: backendJson(a.backend),
    shadow_backend: a.shadowBackend ? backendJson(a.shadowBackend) : null,
    takeover_timeout_seconds: a.takeoverTimeoutSeconds ?? null,
    handoff: a.handoff as Agent['handoff'],
    debounce_ms: a.debounceMs,
    burst: a.burst as Agent['burst'],
    approval: a.approval as Agent['approval'],
    silence_timeout_seconds: a.silenceTimeoutSeconds ?? null,
    fallback_text: a.fallbackText ?? null,
    history_limit: a.historyLimit,
    created_at: iso(a.createdAt),
    updated_at: iso(a.updatedAt),
  };
}

type GivenAgent = Static<typeof CreateAgent> | Static<typeof UpdateAgent>;

/** The wire form of what was given, with the defaults of api.md §2 for the rest. */
export function agentOf(body: GivenAgent): WireAgent {
  return {
    agentId: '',
    workspaceId: '',
    displayName: body.display_name ?? '',
    language: body.language ?? 'en',
    enabled: body.enabled ?? true,
    backend: backendOf(body.backend),
    shadowBackend: body.shadow_backend ? backendOf(body.shadow_backend, '/shadow_backend') : undefined,
    takeoverTimeoutSeconds: body.takeover_timeout_seconds ?? undefined,
    handoff: body.handoff ?? 'human',
    debounceMs: body.debounce_ms ?? 0,
    burst: body.burst ?? 'queue',
    approval: body.approval ?? 'none',
    silenceTimeoutSeconds: body.silence_timeout_seconds ?? undefined,
    fallbackText: body.fallback_text ?? undefined,
    historyLimit: body.history_limit ?? 50,
    createdAt: undefined,
    updatedAt: undefined,
  };
}

/** A channel account as it is shown: of its credentials only the names. */
export function channelJson(c: WireChannelAccount, ingestUrl: string): ChannelAccount {
  return {
    channel_account_id: c.channelAccountId,
    provider: c.provider as ChannelAccount['provider'],
    channel: c.channel as ChannelAccount['channel'],
    address: c.address,
    agent_id: c.agentId,
    enabled: c.enabled ?? true,
    credential_names: c.credentialNames,
    webhook_url: `${ingestUrl}/providers/${c.provider}/${c.channelAccountId}`,
    last_received_at: isoOrNull(c.lastReceivedAt),
    last_sent_at: isoOrNull(c.lastSentAt),
    last_error: c.lastErrorCode === undefined ? null : { code: c.lastErrorCode, at: iso(c.lastErrorAt) },
    created_at: iso(c.createdAt),
    updated_at: iso(c.updatedAt),
  };
}

const blank: WireChannelAccount = {
  channelAccountId: '',
  workspaceId: '',
  provider: '',
  channel: '',
  address: '',
  agentId: '',
  enabled: true,
  credentials: undefined,
  credentialNames: [],
  createdAt: undefined,
  updatedAt: undefined,
  lastReceivedAt: undefined,
  lastSentAt: undefined,
  lastErrorCode: undefined,
  lastErrorAt: undefined,
};

/** A channel account on the wire with these fields set. */
export function channelOf(given: Partial<WireChannelAccount>): WireChannelAccount {
  return { ...blank, ...given };
}
