import type { OpenAiSettings } from '@baton/contracts/directory.ts';
import type { Backend } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { isWebhookSecret } from '../../domain/directory/credential-rules.ts';
import type { AgentRow, BackendSettings } from '../../domain/rows.ts';

/** What a backend is without being told otherwise. */
export const defaultTimeoutMs = 30_000;

/**
 * Takes a backend over into an agent, its secret sealed for this agent. Where none is given the one before stays, but only for the same kind at the same
 * origin: whoever may change a URL must not be able to have the secret sent to themselves.
 */
export function takeBackend(row: AgentRow, wire: Backend | undefined, secrets: SecretBox): void {
  if (!wire) throw invalidField('/backend', 'is missing');
  const before = row.backend;
  row.backend = settingsFromWire(wire);
  if (wire.secret === '') {
    if (!isSameReceiver(before, row.backend)) row.backend_secret = null;
    return;
  }
  if (wire.kind === 'openai') {
    if (!/^[\x21-\x7e]{1,2000}$/.test(wire.secret))
      throw invalidField('/backend/api_key', 'must be visible ASCII characters, at most 2000');
  } else if (!isWebhookSecret(wire.secret)) throw invalidField('/backend/secret', 'must be whsec_ and 24 to 64 bytes in base64');
  row.backend_secret = secrets.seal(wire.secret, `agent:${row.agent_id}`);
}

export function backendToWire(row: AgentRow): Backend {
  const { kind, url, timeout_ms, openai } = row.backend;
  return {
    kind,
    url: url ?? '',
    secret: '',
    timeoutMs: timeout_ms,
    hasSecret: row.backend_secret !== null,
    openai: openai && {
      model: openai.model,
      systemPrompt: openai.system_prompt,
      temperature: openai.temperature ?? undefined,
      maxOutputTokens: openai.max_output_tokens ?? undefined,
      historyTokens: openai.history_tokens ?? undefined,
      stream: openai.stream,
      handoffTool: openai.handoff_tool,
      imageUrls: openai.image_urls,
    },
  };
}

function settingsFromWire(wire: Backend): BackendSettings {
  const settings = {
    kind: wire.kind as BackendSettings['kind'],
    url: wire.url || null,
    timeout_ms: wire.timeoutMs || defaultTimeoutMs,
  };
  return wire.kind === 'openai' && wire.openai ? { ...settings, openai: openAiFromWire(wire.openai) } : settings;
}

function openAiFromWire(wire: NonNullable<Backend['openai']>): OpenAiSettings {
  return {
    model: wire.model,
    system_prompt: wire.systemPrompt,
    temperature: wire.temperature ?? null,
    max_output_tokens: wire.maxOutputTokens ?? null,
    history_tokens: wire.historyTokens ?? null,
    stream: wire.stream,
    handoff_tool: wire.handoffTool,
    image_urls: wire.imageUrls,
  };
}

/** A webhook's secret only signs and is never sent, so it may follow its backend to another address; an API key is sent as it is. */
function isSameReceiver(before: BackendSettings, after: BackendSettings): boolean {
  if (before.kind !== after.kind) return false;
  if (after.kind !== 'openai') return true;
  return URL.parse(before.url ?? '')?.origin === URL.parse(after.url ?? '')?.origin;
}
