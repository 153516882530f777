import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '@baton/launcher/stack.ts';
import { request } from 'undici';
import { watchPeak } from '../measure/proc.ts';
import type { Place } from './place.ts';

export interface ExportFigure {
  what: string;
  messages: number;
  seconds: number;
  mib: number;
  /** MiB, of the process that streams it to the reader and of the one that reads the tables. */
  gateway: { before: number; peak: number };
  conversationState: { before: number; peak: number };
}

interface Reading {
  what: string;
  path: string;
  /** Bytes a second; as fast as it comes unless given. */
  bytesPerSecond?: number;
  /** After so many seconds the reader goes away; it reads to the end unless given. */
  leaveAfter?: number;
}

/** Reads an export to its end, or a while, and watches the memory of those who make it. */
export async function measureExport(stack: Stack, place: Place, o: Reading & { signal: AbortSignal }): Promise<ExportFigure> {
  const gateway = watchPeak(stack.of('gateway')[0]!.pid);
  const state = watchPeak(stack.of('conversation-state')[0]!.pid);
  const from = performance.now();
  const { statusCode, body } = await request(stack.gatewayUrls[0]! + o.path, {
    headers: { authorization: `Bearer ${place.key}` },
    headersTimeout: 120_000,
    bodyTimeout: 120_000,
    signal: o.signal,
  });
  if (statusCode !== 200) throw new Error(`${o.path} was answered ${statusCode}: ${(await body.text()).slice(0, 300)}`);
  const counter = new IdCounter();
  let bytes = 0;
  const seconds = () => (performance.now() - from) / 1000;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    counter.take(chunk);
    if (o.bytesPerSecond !== undefined) await delay(Math.max(0, (bytes / o.bytesPerSecond - seconds()) * 1000));
    if (o.leaveAfter !== undefined && seconds() > o.leaveAfter) break;
  }
  return {
    what: o.what,
    messages: counter.count,
    seconds: seconds(),
    mib: bytes / 2 ** 20,
    gateway: gateway(),
    conversationState: state(),
  };
}

/** How many different messages a file names, whatever its format; the last id may be cut in two by the end of a chunk. */
class IdCounter {
  count = 0;
  #rest = '';
  #last = '';

  take(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    for (const [id] of text.matchAll(/msg_[0-9a-z]{26}/g)) {
      if (id !== this.#last) this.count++;
      this.#last = id;
    }
    this.#rest = text.slice(-29);
  }
}
