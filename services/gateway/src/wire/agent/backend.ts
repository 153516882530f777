import type { Backend as WireBackend } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { Static } from 'typebox';
import type { Backend, NewBackend } from '../../schemas/agent/backend.ts';

/** A backend as it is shown: of its secret only "there is one". */
export function backendJson(b: WireBackend | undefined): Static<typeof Backend> {
  const kind = (b?.kind || 'none') as Static<typeof Backend>['kind'];
  const shown = { kind, url: null, timeout_ms: b?.timeoutMs ?? 0, has_secret: b?.hasSecret ?? false };
  if (!b?.openai) return { ...shown, url: b?.url || null };
  return {
    ...shown,
    base_url: b.url,
    model: b.openai.model,
    system_prompt: b.openai.systemPrompt,
    temperature: b.openai.temperature ?? null,
    max_output_tokens: b.openai.maxOutputTokens ?? null,
    history_tokens: b.openai.historyTokens ?? null,
    stream: b.openai.stream,
    handoff_tool: b.openai.handoffTool,
    image_urls: b.openai.imageUrls,
  };
}

/** The wire form of what was given, with the defaults of api.md §2 for the rest; what belongs to another kind does not count, but for secrets. */
export function backendOf(given: NewBackend | undefined, at = '/backend'): WireBackend {
  const kind = given?.kind ?? 'none';
  const wire: WireBackend = { kind, url: '', secret: '', timeoutMs: given?.timeout_ms ?? 30_000, hasSecret: false, openai: undefined };
  if (!given) return wire;
  if (kind === 'openai') return { ...wire, ...openAiOf(given, at) };
  if (given.api_key !== undefined && kind === 'webhook') throw invalidField(`${at}/api_key`, 'is for openai: a webhook has a secret');
  if (kind === 'webhook' && !given.url) throw invalidField(`${at}/url`, 'is missing: a webhook needs one');
  if (given.url && !URL.canParse(given.url)) throw invalidField(`${at}/url`, 'must be an http or https URL');
  return { ...wire, url: given.url ?? '', secret: given.secret ?? '', hasSecret: given.secret !== undefined };
}

function openAiOf(given: NewBackend, at: string): Pick<WireBackend, 'url' | 'secret' | 'hasSecret' | 'openai'> {
  if (given.secret !== undefined) throw invalidField(`${at}/secret`, 'is for webhooks: openai has an api_key');
  if (!given.base_url) throw invalidField(`${at}/base_url`, 'is missing: openai needs one, such as https://api.openai.com/v1');
  if (!given.model) throw invalidField(`${at}/model`, 'is missing: openai needs one');
  return {
    url: given.base_url,
    secret: given.api_key ?? '',
    hasSecret: given.api_key !== undefined,
    openai: {
      model: given.model,
      systemPrompt: given.system_prompt ?? '',
      temperature: given.temperature ?? undefined,
      maxOutputTokens: given.max_output_tokens ?? undefined,
      historyTokens: given.history_tokens ?? undefined,
      stream: given.stream ?? true,
      handoffTool: given.handoff_tool ?? true,
      imageUrls: given.image_urls ?? false,
    },
  };
}
