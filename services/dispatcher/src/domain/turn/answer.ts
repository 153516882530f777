import type { Reply, ReplyMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Attachment } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { conversationStatuses } from '@baton/contracts/vocabulary.ts';

/** What an answer may hold; beyond it the turn fails rather than half of it being sent. */
export const answerLimits = {
  messages: 20,
  text: 65_536,
  attachments: 10,
  tags: 50,
  word: 200,
  summary: 8192,
  metadata: 32_768,
  depth: 16,
} as const;

export type ParsedAnswer = { kind: 'reply'; reply: Reply } | { kind: 'invalid'; error: string };

class Invalid extends Error {}

/** Reads the 200 answer of an AI backend (api.md §5). `null` counts as absent everywhere; unknown fields are ignored. An error names the field, never its text. */
export function parseAnswer(body: string): ParsedAnswer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: 'invalid', error: 'the answer is no JSON' };
  }
  try {
    return { kind: 'reply', reply: readReply(json) };
  } catch (error) {
    if (error instanceof Invalid) return { kind: 'invalid', error: error.message };
    throw error;
  }
}

function readReply(json: unknown): Reply {
  const answer = object(json, 'the answer');
  const text = optional(answer['text'], (value) => string(value, 'text', answerLimits.text));
  const messages = optional(answer['messages'], (value) =>
    list(value, 'messages', answerLimits.messages).map((one, at) => readMessage(one, `messages[${at}]`)),
  );
  if (text !== undefined && messages) throw new Invalid('the answer has both text and messages');
  return {
    messages: messages ?? (text ? [{ text, attachments: [] }] : []),
    handoff: optional(answer['handoff'], readHandoff),
    close: optional(answer['close'], (value) => boolean(value, 'close')) ?? false,
    tags: optional(answer['tags'], (value) => list(value, 'tags', answerLimits.tags).map((tag, at) => word(tag, `tags[${at}]`))) ?? [],
    status: optional(answer['status'], (value) => {
      const status = conversationStatuses.find((one) => one === value);
      if (!status) throw new Invalid(`status must be one of ${conversationStatuses.join(', ')}`);
      return status;
    }),
    metadata: optional(answer['metadata'], readMetadata),
  };
}

function readMessage(value: unknown, at: string): ReplyMessage {
  const message = object(value, at);
  const text = optional(message['text'], (given) => string(given, `${at}.text`, answerLimits.text)) ?? '';
  const attachments =
    optional(message['attachments'], (given) =>
      list(given, `${at}.attachments`, answerLimits.attachments).map((file, n) => readAttachment(file, `${at}.attachments[${n}]`)),
    ) ?? [];
  if (text === '' && attachments.length === 0) throw new Invalid(`${at} has neither text nor attachments`);
  return { text, attachments };
}

function readAttachment(value: unknown, at: string): Attachment {
  const file = object(value, at);
  const url = string(file['url'], `${at}.url`, 2048);
  const protocol = URL.parse(url)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:') throw new Invalid(`${at}.url must begin with http:// or https://`);
  const size = optional(file['size'], (given) => given) ?? 0;
  if (!Number.isInteger(size) || (size as number) < 0 || (size as number) > 2 ** 31 - 1)
    throw new Invalid(`${at}.size must be a number of bytes`);
  return {
    url,
    contentType: optional(file['content_type'], (given) => string(given, `${at}.content_type`, answerLimits.word)) ?? '',
    size: size as number,
    name: optional(file['name'], (given) => string(given, `${at}.name`, answerLimits.word)) ?? '',
  };
}

function readHandoff(value: unknown): Reply['handoff'] {
  if (value === false) return undefined;
  const handoff = object(value, 'handoff');
  return {
    reason: optional(handoff['reason'], (given) => string(given, 'handoff.reason', answerLimits.word)) ?? 'requested',
    summary: optional(handoff['summary'], (given) => string(given, 'handoff.summary', answerLimits.summary)),
  };
}

function readMetadata(value: unknown): Reply['metadata'] {
  const metadata = object(value, 'metadata');
  if (JSON.stringify(metadata).length > answerLimits.metadata)
    throw new Invalid(`metadata is larger than ${answerLimits.metadata} characters`);
  return clean(metadata, 0) as { [key: string]: unknown };
}

/** Postgres refuses NUL in JSON and text; a `__proto__` key would change the object that carries it instead of being stored. */
function clean(value: unknown, depth: number): unknown {
  if (depth > answerLimits.depth) throw new Invalid(`metadata is nested deeper than ${answerLimits.depth}`);
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map((one) => clean(one, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const copy: { [key: string]: unknown } = {};
  for (const [key, one] of Object.entries(value)) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') throw new Invalid(`metadata must not have the key ${key}`);
    copy[storable(key)] = clean(one, depth + 1);
  }
  return copy;
}

function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Invalid(`${what} must be an object`);
  return value as Record<string, unknown>;
}

function list(value: unknown, what: string, most: number): unknown[] {
  if (!Array.isArray(value)) throw new Invalid(`${what} must be a list`);
  if (value.length > most) throw new Invalid(`${what} has more than ${most} entries`);
  return value;
}

function string(value: unknown, what: string, longest: number): string {
  if (typeof value !== 'string') throw new Invalid(`${what} must be a text`);
  if (value.length > longest) throw new Invalid(`${what} is longer than ${longest} characters`);
  return storable(value);
}

function word(value: unknown, what: string): string {
  const text = string(value, what, answerLimits.word).trim();
  if (text === '') throw new Invalid(`${what} is empty`);
  return text;
}

function boolean(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Invalid(`${what} must be true or false`);
  return value;
}
