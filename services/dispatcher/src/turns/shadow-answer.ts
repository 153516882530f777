import type { Answered } from './insist-on-answer.ts';

/** What a shadow backend said, as it is stored and shown beside the dispatch. */
export function shadowAnswer({ result, attempts, usage }: Answered, latencyMs: number) {
  const reply = result.kind === 'reply' ? result.reply : undefined;
  const handoff = reply?.handoff;
  return {
    result: resultOf(result),
    messages: (reply?.messages ?? []).map(({ text, attachments }) => ({
      text,
      attachments: attachments.map((a) => ({ url: a.url, content_type: a.contentType, size: a.size, name: a.name })),
    })),
    handoff: handoff ? { reason: handoff.reason, summary: handoff.summary ?? null } : null,
    close: reply?.close ?? false,
    error: result.kind === 'failed' ? result.error : null,
    attempts,
    latency_ms: latencyMs,
    usage: usage ? { model: usage.model, input_tokens: usage.inputTokens, output_tokens: usage.outputTokens } : null,
  };
}

function resultOf(result: Answered['result']): 'reply' | 'silent' | 'deferred' | 'failed' {
  if (result.kind === 'reply') return result.reply.messages.length > 0 || result.reply.handoff ? 'reply' : 'silent';
  return result.kind === 'deferred' ? 'deferred' : 'failed';
}
