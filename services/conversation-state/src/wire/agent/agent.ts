import type { Agent } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { agentFaults } from '../../domain/directory/directory-rules.ts';
import type { AgentRow } from '../../domain/rows.ts';
import { takeBackend } from './backend.ts';

/** What an agent is without being told otherwise. */
export const agentDefaults = {
  language: 'en',
  enabled: true,
  backend: { kind: 'none', url: null, timeout_ms: 30_000 },
  backend_secret: null,
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
    backend: { ...next.backend, url: next.backend.url ?? '', hasSecret: next.backend_secret !== null },
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
      takeBackend(row, wire.backend, secrets);
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
