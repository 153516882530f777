import type { OpenAiSettings } from '@baton/contracts/directory.ts';
import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Egress, EgressAnswer } from '@baton/egress/egress.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { createParser } from 'eventsource-parser';
import { type Completion, CompletionReader, errorCode, UnreadableCompletion } from '../domain/openai/completion.ts';
import type { Persona } from '../domain/openai/prompt.ts';
import { replyOf } from '../domain/openai/reply.ts';
import { completionBody, completionsUrl } from '../domain/openai/request.ts';
import { parseRetryAfter } from '../domain/retry-schedule.ts';
import { type Attempted, isTransient } from './insist-on-answer.ts';

/** A stream carries some 250 bytes for each token, and models that think stream their thoughts as well. */
const maxAnswerBytes = 16 * 1024 ** 2;

export interface OpenAiCall {
  baseUrl: string;
  apiKey: string | undefined;
  settings: OpenAiSettings;
  persona: Persona;
  turn: Turn;
  traceparent: string | undefined;
  signal: AbortSignal;
  /** What the prompt calls now, of a turn that is past. */
  now?: Date | undefined;
}

/** One attempt after the other to ask a server that speaks OpenAI's chat completions. Rejects with EgressError. */
export function openAiAttempts(egress: Egress, call: OpenAiCall): (timeoutMs: number) => Promise<Attempted> {
  const { settings, turn, persona, baseUrl } = call;
  const { now = new Date() } = call;
  const bodyOf = (stream: boolean) => JSON.stringify(completionBody(settings, { baseUrl, turn, persona, now, stream }));
  let streamed = settings.stream;
  return async (timeoutMs) => {
    const began = performance.now();
    const first = await attempt(egress, call, { body: bodyOf(streamed), timeoutMs });
    if (first !== 'no_stream') return first;
    // Told so once, this turn asks for whole answers.
    streamed = false;
    const left = Math.max(1, timeoutMs - Math.round(performance.now() - began));
    const second = await attempt(egress, call, { body: bodyOf(false), timeoutMs: left });
    return second === 'no_stream' ? { kind: 'failed', error: 'the backend refused the request (unsupported)' } : second;
  };
}

async function attempt(egress: Egress, call: OpenAiCall, o: { body: string; timeoutMs: number }): Promise<Attempted | 'no_stream'> {
  const stream = new StreamReader();
  killPoint('ai.before_call');
  const answer = await egress.request({
    method: 'POST',
    url: completionsUrl(call.baseUrl),
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream, application/json',
      'user-agent': 'Baton',
      ...(call.apiKey && { authorization: `Bearer ${call.apiKey}` }),
      ...(call.traceparent && { traceparent: call.traceparent }),
    },
    body: o.body,
    timeoutMs: o.timeoutMs,
    maxBytes: maxAnswerBytes,
    signal: call.signal,
    onData: (chunk, at) => (isStream(at) ? stream.feed(chunk) : 'keep'),
  });
  killPoint('ai.after_call');
  if (answer.status < 200 || answer.status >= 300) return readRefusal(answer, call.settings.stream);
  return readCompletion(call.settings.model, () => (isStream(answer) ? stream.finish() : whole(answer)));
}

/** Reads server-sent events as they come, split wherever the network split them. */
class StreamReader {
  readonly #reader = new CompletionReader();
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({
    maxBufferSize: 1024 ** 2,
    onEvent: ({ data }) => this.#event(data),
    onError: (error) => this.#fail(error),
  });
  #done = false;
  #failure: unknown;

  feed(chunk: Buffer): 'seen' | 'enough' {
    this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
    return this.#done || this.#failure ? 'enough' : 'seen';
  }

  finish(): Completion {
    // A last event without the empty line after it counts: some servers just close.
    if (!this.#done) this.#parser.feed('\n\n');
    if (this.#failure) throw this.#failure;
    const { completion } = this.#reader;
    // Half an answer must not be taken for a whole one.
    if (!this.#done && completion.finishReason === '') throw new UnreadableCompletion('the answer broke off');
    return completion;
  }

  #event(data: string): void {
    if (this.#done || this.#failure) return;
    if (data === '[DONE]') {
      this.#done = true;
      return;
    }
    try {
      this.#reader.add(data);
    } catch (error) {
      this.#failure = error;
    }
  }

  #fail(error: { type: string }): void {
    // Fields that are not in the specification are skipped by the parser; only what it could not hold is an end.
    if (error.type === 'max-buffer-size-exceeded') this.#failure = new UnreadableCompletion('a part of the answer is too large');
  }
}

function whole(answer: EgressAnswer): Completion {
  const reader = new CompletionReader();
  reader.add(answer.body.toString('utf8'));
  return reader.completion;
}

/** An answer that cannot be read is asked for again: with a model the next one may well be different. */
function readCompletion(model: string, read: () => Completion): Attempted {
  try {
    const completion = read();
    return { ...replyOf(completion), usage: completion.usage && { model: completion.model || model, ...completion.usage } };
  } catch (error) {
    if (!(error instanceof UnreadableCompletion)) throw error;
    return { kind: 'again', error: error.message };
  }
}

function readRefusal(answer: EgressAnswer, streamed: boolean): Attempted | 'no_stream' {
  const { status, headers } = answer;
  const refusal = bodyError(answer);
  if (streamed && (status === 400 || status === 422) && /^stream/.test(String(refusal?.['param'] ?? ''))) return 'no_stream';
  const code = errorCode(refusal);
  const error = `the backend answered ${status}${code === 'unknown' ? '' : ` (${code})`}`;
  // Nobody pays any more: that does not change within a turn.
  if (!isTransient(status) || code === 'insufficient_quota') return { kind: 'failed', error };
  return { kind: 'again', error, retryAfterMs: retryAfter(headers) };
}

function retryAfter(headers: EgressAnswer['headers']): number | undefined {
  const ms = Number(headers['retry-after-ms']);
  return ms > 0 ? ms : parseRetryAfter(headers['retry-after'], Date.now());
}

function bodyError(answer: EgressAnswer): Record<string, unknown> | undefined {
  try {
    const { error } = JSON.parse(answer.body.toString('utf8')) as { error?: unknown };
    return typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isStream({ headers, status }: Pick<EgressAnswer, 'status' | 'headers'>): boolean {
  return status < 300 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
}
