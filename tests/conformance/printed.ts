import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Answer, Json } from '../support/api.ts';
import { call } from '../support/api.ts';

/** One exchange as a document prints it. */
export type Exchange = {
  request: { method: string; url: string; headers?: Record<string, string>; body?: Json };
  status: number;
  /** Absent where the document describes an answer without printing it. */
  answer?: Json;
};

/** A document's exchanges, with the host, key and ids that it prints as samples. */
export type Document = { base: string; samples: Record<string, string>; exchanges: Record<string, Exchange> };

export function readDocument(name: string): Document {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'documents', `${name}.json`), 'utf8')) as Document;
}

/** What stands in for the document's samples: its base address, and its samples by name. */
export type Stand = { document: Document; base: string; values: Record<string, string>; headers?: Record<string, string> };

/** Sends a printed request as it is printed, but for host, key and ids. `query` is added for parameters that the document lists and prints in no request. */
export function send(
  stand: Stand,
  name: string,
  o: { query?: string; body?: Json; values?: Record<string, string> } = {},
): Promise<Answer> {
  const { request } = exchangeOf(stand.document, name);
  const values = { ...stand.values, ...o.values };
  const put = (text: string) => replaceAll(text, stand.document.samples, values);
  const url = addressOf({ ...stand, values }, name);
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([header, value]) => [header.toLowerCase(), put(value)]));
  const body = o.body ?? request.body;
  return call(request.method, o.query === undefined ? url : `${url.split('?')[0]}?${o.query}`, {
    headers: { ...stand.headers, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const asked = new WeakMap<Document, Set<string>>();

/** Which of a document's requests no test has sent: the last test of its file demands that there is none. */
export function neverSent(document: Document): string[] {
  return Object.keys(document.exchanges).filter((name) => !asked.get(document)?.has(name));
}

/** Where a printed request goes here. */
export function addressOf({ document, base, values }: Stand, name: string): string {
  asked.set(document, (asked.get(document) ?? new Set()).add(name));
  return replaceAll(exchangeOf(document, name).request.url.replace(document.base, base), document.samples, values);
}

export function exchangeOf(document: Document, name: string): Exchange {
  const found = document.exchanges[name];
  if (!found) throw new Error(`The document prints no exchange called ${name}.`);
  return found;
}

function replaceAll(text: string, samples: Record<string, string>, values: Record<string, string>): string {
  return Object.entries(samples).reduce((made, [name, sample]) => {
    if (!made.includes(sample)) return made;
    const value = values[name];
    if (value === undefined) throw new Error(`Nothing stands in for the sample ${name} (${sample}).`);
    return made.replaceAll(sample, value);
  }, text);
}
