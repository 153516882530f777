import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Evidence } from '../judge/checker.ts';
import type { Product } from '../product.ts';
import { freshNumber } from '../workspace.ts';
import type { Line } from './line.ts';

export type CrowdOptions = {
  product: Product;
  line: Line;
  customers: number;
  /** Of each customer. */
  messages: number;
  /** Stands in every text. */
  word?: string;
  /** Between two messages of a customer; 0: as fast as they are accepted. */
  everyMs: number;
  /** Filled as they are accepted, for whoever wants to know before the end. */
  accepted?: Evidence['accepted'];
  /** No new message is begun after it. */
  over?: AbortSignal;
  /** A customer gives up on one message after so long. */
  patienceMs?: number;
};

/**
 * Many customers write by a provider's webhook, each one message after the other: the next only when the one before was answered 2xx, as a
 * phone's messages reach us one by one. What is refused or lost on the way is repeated, as providers do. Returns what was accepted.
 */
export async function crowdWrites(o: CrowdOptions): Promise<Evidence['accepted']> {
  const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000 });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => agent.destroy());
  const accepted = o.accepted ?? [];
  await Promise.all(
    Array.from({ length: o.customers }, async (_, index) => {
      const from = freshNumber();
      await wait((o.everyMs * index) / o.customers);
      for (let nth = 1; nth <= o.messages && !o.over?.aborted; nth += 1) {
        const due = performance.now() + o.everyMs;
        const id = o.line.freshId();
        const text = `${from} says ${nth}${o.word === undefined ? '' : ` ${o.word}`}`;
        await insist(agent, o, { from, id, text, instance: index + nth });
        accepted.push({ from, id, text, at: Date.now() });
        if (due > performance.now()) await wait(due - performance.now());
      }
    }),
  );
  return accepted;
}

async function insist(agent: Agent, o: CrowdOptions, message: { from: string; id: string; text: string; instance: number }): Promise<void> {
  const { line, product } = o;
  const path = new URL(line.account.webhook_url).pathname;
  const end = performance.now() + (o.patienceMs ?? 60_000);
  let last: unknown;
  for (let attempt = 0; performance.now() < end; attempt += 1) {
    const base = product.ingestUrls[(message.instance + attempt) % product.ingestUrls.length];
    try {
      const signed = line.signed(message);
      const answer = await request(`${base}${path}`, {
        method: 'POST',
        headers: signed.headers,
        body: signed.body,
        dispatcher: agent,
        headersTimeout: 10_000,
      });
      await answer.body.dump();
      if (answer.statusCode < 300) return;
      // Anything else but "come again" would be a lost message: providers do not repeat a 4xx. 408 is what a process says that was frozen while it read.
      if (answer.statusCode < 500 && ![408, 429].includes(answer.statusCode)) throw new Refused(answer.statusCode);
      last = answer.statusCode;
    } catch (error) {
      if (error instanceof Refused) throw error;
      last = error;
    }
    await wait(100);
  }
  throw new Error(`${message.text}: not accepted within ${(o.patienceMs ?? 60_000) / 1000} s; last: ${last}`);
}

class Refused extends Error {
  constructor(status: number) {
    super(`a signed webhook was answered ${status}`);
  }
}
