import { createParser } from 'eventsource-parser';
import { BatonApiError, BatonConnectionError } from './errors.ts';
import type { BatonEvent } from './gen/events.ts';
import { backoff, pause } from './retry.ts';
import type { Transport } from './transport.ts';

export interface StreamOptions {
  /** One conversation; without it the whole workspace. */
  conversationId?: string;
  /** Only events of this agent; of the whole workspace alone. */
  agentId?: string;
  /** The `id` of the last frame you have: the stream goes on right after it. Without it the stream starts now. */
  lastEventId?: string;
  /** Ends the stream, and with it the loop that reads it. */
  signal?: AbortSignal;
  /** Baton is heard from every 15 s; after this silence the connection is taken for dead. */
  silenceMs?: number;
  /** The longest pause between two attempts to come back; 30 s. */
  longestPauseMs?: number;
  /** Told when a connection stands, the first and each one after: from then on nothing is missed. */
  onConnect?: () => void;
  /** Told before every pause: for a notice to the user, or a log. */
  onReconnect?: (about: { attempt: number; pauseMs: number; error: unknown }) => void;
}

export interface Frame {
  /** Where to go on; undefined on `stream.overflow`, which leaves the position as it was. */
  id: string | undefined;
  event: BatonEvent;
}

/**
 * Follows a stream for as long as the reader reads: a connection that ends, for whatever reason, is made again after the last frame, without a gap and without
 * a repeat. What Baton says of the stream itself (`stream.gap`, `stream.overflow`) comes as a frame like any other. Throws BatonApiError where coming
 * back cannot help: a wrong key, an unknown conversation.
 */
export async function* follow(transport: Transport, o: StreamOptions): AsyncGenerator<Frame, void> {
  const { longestPauseMs = 30_000 } = o;
  const state = { last: o.lastEventId, firstPauseMs: 1000, failures: 0 };
  while (!o.signal?.aborted) {
    let ended: unknown;
    try {
      yield* connection(transport, o, state);
    } catch (error) {
      if (o.signal?.aborted) return;
      if (isFinal(error)) throw error;
      ended = error;
    }
    state.failures++;
    const wanted = ended instanceof BatonApiError ? (ended.retryAfterSeconds ?? 0) * 1000 : 0;
    const pauseMs = Math.max(wanted, backoff(state.failures, { firstPauseMs: state.firstPauseMs, longestPauseMs }, Math.random()));
    o.onReconnect?.({ attempt: state.failures, pauseMs, error: ended });
    await pause(pauseMs, o.signal).catch(() => undefined);
  }
}

interface State {
  last: string | undefined;
  firstPauseMs: number;
  /** Connections in a row that brought nothing. */
  failures: number;
}

async function* connection(transport: Transport, o: StreamOptions, state: State): AsyncGenerator<Frame, void> {
  const silence = new AbortController();
  const signal = o.signal ? AbortSignal.any([o.signal, silence.signal]) : silence.signal;
  const response = (await transport.once(requestFor(o, state.last), { signal })) as Response;
  o.onConnect?.();
  const frames: Frame[] = [];
  const parser = createParser({
    onEvent: ({ id, data }) => frames.push({ id, event: JSON.parse(data) as BatonEvent }),
    onRetry: (ms) => {
      state.firstPauseMs = ms;
    },
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let beginning = '';
  try {
    for (;;) {
      const { done, value } = await readWithin(reader, silence, o.silenceMs ?? 45_000);
      if (done) return;
      state.failures = 0;
      const text = decoder.decode(value, { stream: true });
      if (state.last === undefined) {
        beginning += text;
        state.last = placeOf(beginning);
      }
      parser.feed(text);
      for (const frame of frames.splice(0)) {
        state.last = frame.id ?? state.last;
        yield frame;
      }
    }
  } finally {
    // Also when the reader of the frames has left its loop: nothing may keep the connection.
    await reader.cancel().catch(() => undefined);
  }
}

/** A stream says where it begins, by an `id` without data, before anything has happened; the parser passes over that. */
function placeOf(beginning: string): string | undefined {
  return /^id: (.+)\n\n/m.exec(beginning)?.[1];
}

function requestFor(o: StreamOptions, last: string | undefined) {
  return {
    method: 'GET',
    path: o.conversationId === undefined ? '/v1/stream' : '/v1/conversations/{conversation_id}/stream',
    raw: true,
    input: {
      ...(o.conversationId !== undefined && { path: { conversation_id: o.conversationId } }),
      ...(o.agentId !== undefined && { query: { agent_id: o.agentId } }),
      headers: { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) },
    },
  };
}

async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, silence: AbortController, ms: number) {
  const timer = setTimeout(() => silence.abort(new BatonConnectionError(new Error(`the stream was silent for ${ms} ms`))), ms);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
}

// Whatever else went wrong may be gone in a moment; these will not be.
function isFinal(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  return error instanceof BatonApiError && error.status < 500 && error.status !== 408 && error.status !== 429;
}
