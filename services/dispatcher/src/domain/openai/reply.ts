import type { Reply } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { answerLimits } from '../turn/answer.ts';
import type { Completion } from './completion.ts';
import { handoffToolName, marks } from './prompt.ts';

export type CompletionResult =
  | { kind: 'reply'; reply: Reply }
  /** Another try may well end better. */
  | { kind: 'again'; error: string }
  | { kind: 'failed'; error: string };

/** What a completion means for the conversation. */
export function replyOf(completion: Completion): CompletionResult {
  if (completion.finishReason === 'content_filter') return { kind: 'failed', error: 'the backend withheld its answer (content_filter)' };
  const handoff = completion.toolCalls.find((call) => call?.name === handoffToolName);
  if (handoff) return handedOff(completion, handoff.arguments);
  // The model will not answer this: that is for a person, and its excuse is not for the customer.
  if (completion.refusal !== '') return { kind: 'reply', reply: reply('', { reason: 'model_refused', summary: undefined }) };
  const text = unmarked(completion.text);
  if (completion.finishReason === 'length') return cutOff(text);
  if (text === '' && completion.toolCalls.length > 0) return { kind: 'again', error: 'the model called a tool that there is not' };
  if (text === '') return { kind: 'again', error: 'the model gave an empty answer' };
  return { kind: 'reply', reply: reply(text) };
}

function handedOff(completion: Completion, given: string): CompletionResult {
  const args = argumentsOf(given);
  const text = unmarked(completion.text) || unmarked(word(args['message'], answerLimits.summary));
  const summary = word(args['summary'], answerLimits.summary);
  return {
    kind: 'reply',
    reply: reply(text, { reason: word(args['reason'], answerLimits.word) || 'requested', summary: summary === '' ? undefined : summary }),
  };
}

/** That the model called the tool is what matters; what it wrote there may be cut off or no JSON. */
function argumentsOf(given: string): Record<string, unknown> {
  try {
    const args: unknown = JSON.parse(given);
    return typeof args === 'object' && args !== null ? (args as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Cut off by `max_output_tokens`: whole sentences are sent, half a one never. */
function cutOff(text: string): CompletionResult {
  const whole = /^.*(?:[.!?…؟।](?=\s|$)|[。！？])/su.exec(text)?.[0];
  if (whole === undefined) return { kind: 'failed', error: 'the answer was cut off at max_output_tokens' };
  return { kind: 'reply', reply: reply(whole) };
}

/** A model imitates what it has read: the marks of others are not for customers. */
function unmarked(text: string): string {
  let rest = storable(text).trim();
  for (const mark of Object.values(marks)) while (rest.startsWith(mark)) rest = rest.slice(mark.length).trim();
  return rest;
}

function word(value: unknown, longest: number): string {
  return typeof value === 'string' ? storable(value).trim().slice(0, longest) : '';
}

/** Postgres stores no NUL and no half of a character. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function reply(text: string, handoff?: Reply['handoff']): Reply {
  return {
    messages: text === '' ? [] : [{ text, attachments: [] }],
    handoff,
    close: false,
    tags: [],
    status: undefined,
    metadata: undefined,
  };
}
