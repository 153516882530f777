import type { Agent } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import type { BackendFields } from '../../domain/directory/backend-rules.ts';
import { agentFaults } from '../../domain/directory/directory-rules.ts';
import type { AgentRow, BackendSettings, SealedJson } from '../../domain/rows.ts';
import { takeBackend } from './backend.ts';

/** What an agent is without being told otherwise. */
export const agentDefaults = {
  language: 'en',
  enabled: true,
  backend: { kind: 'none', url: null, timeout_ms: 30_000 },
  backend_secret: null,
  shadow_backend: null,
  shadow_secret: null,
  takeover_timeout_seconds: null,
  handoff: 'human',
  debounce_ms: 0,
  burst: 'queue',
  approval: 'none',
  silence_timeout_seconds: null,
  fallback_text: null,
  history_limit: 50,
} as const satisfies Partial<AgentRow>;

export const agentFields = [
  'display_name',
  'language',
  'enabled',
  'backend',
  'shadow_backend',
  'takeover_timeout_seconds',
  'handoff',
  'debounce_ms',
  'burst',
  'approval',
  'silence_timeout_seconds',
  'fallback_text',
  'history_limit',
] as const;
type AgentField = (typeof agentFields)[number];

/** Takes the named fields of the request over into a row; a secret is sealed for this agent. Throws with every field that is wrong. */
export function applyAgent(row: AgentRow, wire: Agent, fields: string[], secrets: SecretBox): AgentRow {
  const next = { ...row };
  for (const field of fields) {
    if (!agentFields.some((known) => known === field)) throw invalidField(`/${field}`, 'is not a field of an agent');
    takeField(next, wire, field as AgentField, secrets);
  }
  const faults = agentFaults({
    ...next,
    backend: backendFields(next.backend, next.backend_secret),
    shadow_backend: next.shadow_backend && backendFields(next.shadow_backend, next.shadow_secret),
  });
  if (faults.length > 0)
    throw new BatonError('validation_error', faults.map((f) => `${f.path}: ${f.message}`).join('; '), { problems: faults });
  return next;
}

function takeField(row: AgentRow, wire: Agent, field: AgentField, secrets: SecretBox): void {
  switch (field) {
    case 'display_name':
      row.display_name = wire.displayName.trim();
      return;
    case 'language':
      row.language = wire.language;
      return;
    case 'enabled':
      row.enabled = wire.enabled ?? true;
      return;
    case 'backend':
      takeOver(row, wire, secrets);
      return;
    case 'shadow_backend':
      takeShadow(row, wire, secrets);
      return;
    case 'takeover_timeout_seconds':
      row.takeover_timeout_seconds = wire.takeoverTimeoutSeconds ?? null;
      return;
    case 'handoff':
      row.handoff = wire.handoff as AgentRow['handoff'];
      return;
    case 'debounce_ms':
      row.debounce_ms = wire.debounceMs;
      return;
    case 'burst':
      row.burst = wire.burst as AgentRow['burst'];
      return;
    case 'approval':
      row.approval = wire.approval as AgentRow['approval'];
      return;
    case 'silence_timeout_seconds':
      row.silence_timeout_seconds = wire.silenceTimeoutSeconds ?? null;
      return;
    case 'fallback_text':
      row.fallback_text = wire.fallbackText ?? null;
      return;
    case 'history_limit':
      row.history_limit = wire.historyLimit;
      return;
    default:
      field satisfies never;
  }
}

function takeOver(row: AgentRow, wire: Agent, secrets: SecretBox): void {
  if (!wire.backend) throw invalidField('/backend', 'is missing');
  const before = { settings: row.backend, secret: row.backend_secret };
  const taken = takeBackend(before, wire.backend, { context: sealedFor(row), path: '/backend', secrets });
  row.backend = taken.settings;
  row.backend_secret = taken.secret;
}

/** What an agent's secrets are sealed for. */
export const sealedFor = ({ agent_id }: Pick<AgentRow, 'agent_id'>) => `agent:${agent_id}`;

/** Absent: there is none any more. */
function takeShadow(row: AgentRow, wire: Agent, secrets: SecretBox): void {
  const before = row.shadow_backend && { settings: row.shadow_backend, secret: row.shadow_secret };
  const taken =
    wire.shadowBackend && takeBackend(before, wire.shadowBackend, { context: sealedFor(row), path: '/shadow_backend', secrets });
  row.shadow_backend = taken?.settings ?? null;
  row.shadow_secret = taken?.secret ?? null;
}

export function backendFields(settings: BackendSettings, secret: SealedJson | null): BackendFields {
  return { ...settings, url: settings.url ?? '', hasSecret: secret !== null };
}
