import type { DirectoryBackend } from './directory.ts';
import type { Backend } from './gen/baton/conversation/v1/directory_service.ts';

/** A backend for callers: of its secret only "there is one". */
export function backendToWire(backend: Omit<DirectoryBackend, 'secret'>, hasSecret: boolean): Backend {
  const { kind, url, timeout_ms, openai } = backend;
  return {
    kind,
    url: url ?? '',
    secret: '',
    timeoutMs: timeout_ms,
    hasSecret,
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
