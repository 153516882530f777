import { BatonError } from '@baton/errors/baton-error.ts';
import { cleanText } from './text.ts';

export type JsonObject = Record<string, unknown>;

/** The body as JSON. Invalid UTF-8 becomes U+FFFD: the signature was checked over the bytes, this is only reading. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // The parser's own message quotes the body: it must not reach a log or an answer.
    throw new BatonError('malformed_request', 'The body is not JSON.');
  }
}

/** Undefined for anything but an object; arrays are none. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Empty for anything but an array. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Clean text; empty for anything but a string. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? cleanText(value) : '';
}

// Assigning one of these would change an object's kind instead of adding a field: CVE after CVE begins that way.
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);
const maxDepth = 8;
const maxBytes = 16_384;

/** A clean copy of free-form JSON, or why it is refused. Depth 8 and 16 KiB at most: it is stored with every message. */
export function freeForm(value: JsonObject): { value: JsonObject } | { refused: string } {
  let refused: string | undefined;
  const copy = (one: unknown, depth: number): unknown => {
    if (refused !== undefined) return null;
    if (typeof one === 'string') return cleanText(one);
    if (typeof one !== 'object' || one === null) return one;
    if (depth > maxDepth) {
      refused = `is nested deeper than ${maxDepth} levels`;
      return null;
    }
    if (Array.isArray(one)) return one.map((item) => copy(item, depth + 1));
    const result: JsonObject = {};
    for (const [raw, item] of Object.entries(one)) {
      // Cleaned first: a NUL inside would hide the word until it is taken out.
      const key = cleanText(raw);
      if (refusedKeys.has(key)) refused = 'holds a key that is not allowed (__proto__, constructor, prototype)';
      else result[key] = copy(item, depth + 1);
    }
    return result;
  };
  const result = copy(value, 1) as JsonObject;
  if (refused === undefined && Buffer.byteLength(JSON.stringify(result)) > maxBytes) refused = `is larger than ${maxBytes} bytes`;
  return refused === undefined ? { value: result } : { refused };
}
