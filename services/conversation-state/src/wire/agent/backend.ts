import type { OpenAiSettings } from '@baton/contracts/directory.ts';
import type { Backend } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import { isWebhookSecret } from '../../domain/directory/credential-rules.ts';
import type { BackendSettings, SealedJson } from '../../domain/rows.ts';

/** What a backend is without being told otherwise. */
export const defaultTimeoutMs = 30_000;

export interface Reached {
  settings: BackendSettings;
  secret: SealedJson | null;
}

/**
 * Takes a backend over, its secret sealed for `context`: its agent, or the replay that it is tried in. Where none is given the one before stays, but only for the same kind at the same origin: whoever may
 * change a URL must not be able to have the secret sent to themselves.
 */
export function takeBackend(before: Reached | null, wire: Backend, o: { context: string; path: string; secrets: SecretBox }): Reached {
  const settings = settingsFromWire(wire);
  if (wire.secret === '') return { settings, secret: before && isSameReceiver(before.settings, settings) ? before.secret : null };
  if (wire.kind === 'openai') {
    if (!/^[\x21-\x7e]{1,2000}$/.test(wire.secret))
      throw invalidField(`${o.path}/api_key`, 'must be visible ASCII characters, at most 2000');
  } else if (!isWebhookSecret(wire.secret)) throw invalidField(`${o.path}/secret`, 'must be whsec_ and 24 to 64 bytes in base64');
  return { settings, secret: o.secrets.seal(wire.secret, o.context) };
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
