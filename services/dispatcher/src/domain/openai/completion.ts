import { answerLimits } from '../turn/answer.ts';

/** What a model has said, whole or gathered from a stream. */
export interface Completion {
  text: string;
  refusal: string;
  toolCalls: { name: string; arguments: string }[];
  finishReason: string;
  model: string;
  usage: { inputTokens: number; outputTokens: number } | undefined;
}

export class UnreadableCompletion extends Error {}

type Json = Record<string, unknown>;

/** Gathers a completion from the parts of a stream (`chat.completion.chunk`), or from one whole answer (`chat.completion`). Unknown fields are ignored. */
export class CompletionReader {
  #completion: Completion = { text: '', refusal: '', toolCalls: [], finishReason: '', model: '', usage: undefined };
  #begun = false;

  /** Throws UnreadableCompletion when it is none, or an error that came in the middle of a stream. */
  add(json: string): void {
    const part = parse(json);
    if (part['error']) throw new UnreadableCompletion(`the backend broke off: ${errorCode(part['error'])}`);
    const c = this.#completion;
    if (typeof part['model'] === 'string' && part['model'] !== '') c.model = part['model'].slice(0, answerLimits.word);
    c.usage = usageOf(part['usage']) ?? c.usage;
    // The last part of a stream carries the usage and no choice.
    const [choice] = Array.isArray(part['choices']) ? part['choices'].filter(isObject) : [];
    if (!choice) return;
    this.#begun = true;
    if (typeof choice['finish_reason'] === 'string') c.finishReason = choice['finish_reason'];
    const said = choice['delta'] ?? choice['message'];
    if (isObject(said)) this.#say(said);
  }

  /** Throws UnreadableCompletion when there was no choice. */
  get completion(): Completion {
    if (!this.#begun) throw new UnreadableCompletion('the answer has no choices');
    return this.#completion;
  }

  #say(said: Json): void {
    const c = this.#completion;
    c.text += textOf(said['content']);
    c.refusal += textOf(said['refusal']);
    if (c.text.length > answerLimits.text) throw new UnreadableCompletion(`the text is longer than ${answerLimits.text} characters`);
    if (Array.isArray(said['tool_calls'])) for (const [at, call] of said['tool_calls'].entries()) this.#call(call, at);
  }

  /** Arguments come in pieces; `index` says to which call a piece belongs (some servers leave it out where there is only one). */
  #call(given: unknown, at: number): void {
    if (!isObject(given)) return;
    const index = Number.isInteger(given['index']) ? (given['index'] as number) : at;
    if (index < 0 || index > 32) return;
    const { toolCalls } = this.#completion;
    const call = toolCalls[index] ?? { name: '', arguments: '' };
    toolCalls[index] = call;
    const fn = given['function'];
    if (!isObject(fn)) return;
    call.name = textOf(fn['name']) || call.name;
    call.arguments += textOf(fn['arguments']);
    if (call.arguments.length > answerLimits.text) throw new UnreadableCompletion('the arguments of a tool are too long');
  }
}

/** The `code` or `type` of an error: never its message, which may quote what was asked, or parts of the key. */
export function errorCode(error: unknown): string {
  if (!isObject(error)) return 'unknown';
  const word = [error['code'], error['type']].find((one) => typeof one === 'string' && /^[\w.-]{1,64}$/.test(one));
  return typeof word === 'string' ? word : 'unknown';
}

function parse(json: string): Json {
  let part: unknown;
  try {
    part = JSON.parse(json);
  } catch {
    throw new UnreadableCompletion('the answer is no JSON');
  }
  if (!isObject(part)) throw new UnreadableCompletion('the answer must be an object');
  return part;
}

function usageOf(usage: unknown): Completion['usage'] {
  if (!isObject(usage)) return undefined;
  return { inputTokens: count(usage['prompt_tokens']), outputTokens: count(usage['completion_tokens']) };
}

function count(value: unknown): number {
  return Number.isInteger(value) ? Math.min(Math.max(value as number, 0), 2 ** 31 - 1) : 0;
}

/** Content is a text, or (some servers) a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
