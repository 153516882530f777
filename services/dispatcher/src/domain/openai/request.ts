import type { OpenAiSettings } from '@baton/contracts/directory.ts';
import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { historyOf } from './history.ts';
import { handoffToolName, type Persona, systemText } from './prompt.ts';

const handoffTool = {
  type: 'function' as const,
  function: {
    name: handoffToolName,
    description:
      'Hands this conversation to a human colleague. Call it when the customer asks for a person, is upset, or needs what you cannot do or do not know.',
    parameters: {
      type: 'object',
      properties: {
        reason: { type: 'string', description: 'Why, in a few words, for the colleague.' },
        summary: { type: 'string', description: 'What the colleague must know to go on, in at most three sentences.' },
        message: { type: 'string', description: 'What to tell the customer now, in their language: that a human colleague will answer.' },
      },
      required: ['reason', 'summary', 'message'],
    },
  },
};

/** The address of chat completions below a base URL; a slash at its end does not matter. */
export function completionsUrl(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
}

/** The body of one turn. Made once: every attempt is the same request. */
export function completionBody(
  settings: OpenAiSettings,
  at: { baseUrl: string; turn: Turn; persona: Persona; now: Date; stream: boolean },
) {
  const system = systemText(settings.system_prompt, { ...at, handoffTool: settings.handoff_tool });
  return {
    model: settings.model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      ...historyOf(at.turn, { tokens: settings.history_tokens, imageUrls: settings.image_urls }),
    ],
    ...(settings.temperature !== null && { temperature: settings.temperature }),
    ...(settings.max_output_tokens !== null && { [limitName(at.baseUrl)]: settings.max_output_tokens }),
    ...(settings.handoff_tool && { tools: [handoffTool] }),
    ...(at.stream && { stream: true as const, stream_options: { include_usage: true } }),
  };
}

/** OpenAI's newer models refuse `max_tokens`, which is deprecated there; most other servers know nothing else. */
function limitName(baseUrl: string): 'max_completion_tokens' | 'max_tokens' {
  const host = URL.parse(baseUrl)?.hostname ?? '';
  return host === 'api.openai.com' || host.endsWith('.openai.azure.com') ? 'max_completion_tokens' : 'max_tokens';
}
