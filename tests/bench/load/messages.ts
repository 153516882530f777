import { createHmac } from 'node:crypto';
import type { BenchAccount } from '../targets/target.ts';

/** One customer's message, signed and ready to be posted. */
export interface Prepared {
  /** Counts from 0 over a whole run; it travels in the text and comes back in the reply. */
  number: number;
  sender: number;
  path: string;
  /** Flat name, value list, as undici takes it without a conversion. */
  headers: string[];
  body: Buffer;
}

const words = 'hello is the flat on mill street still free and could I see it on tuesday after work thanks a lot best regards'.split(' ');

/** The mark by which a text is found again: no other text of the benchmark has `~#`. */
export const mark = (number: number): string => `~#${number}~`;

/** The last mark in a body, or undefined: a turn carries the history too, oldest first, so the last one is the new message. */
export function lastMark(body: Buffer): number | undefined {
  const at = body.lastIndexOf('~#');
  if (at < 0) return undefined;
  let number = 0;
  for (let i = at + 2; i < body.length; i++) {
    const digit = body[i]! - 48;
    if (digit < 0 || digit > 9) return body[i] === 126 ? number : undefined;
    number = number * 10 + digit;
  }
  return undefined;
}

/** 40–160 characters, what people write in an SMS. */
function textOf(number: number): string {
  const length = 40 + ((number * 2654435761) % 121);
  let text = '';
  for (let i = number; text.length < length; i++) text += `${words[i % words.length]} `;
  return text + mark(number);
}

/** Signatures are refused after five minutes; what was left from an earlier step is made anew long before. */
const freshFor = 120_000;

/**
 * The messages of one run: `senders` customers in turn, spread over the accounts. Signed ahead of the step, so that the generator's
 * share of the machine during the measurement is only the sending.
 */
export class MessageSource {
  readonly senders: number;
  readonly #accounts: BenchAccount[];
  readonly #run: string;
  #ready: Prepared[] = [];
  #next = 0;
  #madeAt = 0;
  #number = 0;

  constructor(o: { accounts: BenchAccount[]; senders: number; run: string }) {
    this.#accounts = o.accounts;
    this.senders = o.senders;
    this.#run = o.run;
  }

  /** Throws away what has grown old and makes `count` ready. */
  prepare(count: number): void {
    if (Date.now() - this.#madeAt > freshFor) this.#ready = [];
    else this.#ready = this.#ready.slice(this.#next);
    this.#next = 0;
    this.#madeAt = Date.now();
    while (this.#ready.length < count) this.#ready.push(this.#make(this.#number++));
  }

  take(): Prepared {
    if (this.#next >= this.#ready.length) this.prepare(2000);
    return this.#ready[this.#next++]!;
  }

  #make(number: number): Prepared {
    const sender = number % this.senders;
    const account = this.#accounts[sender % this.#accounts.length]!;
    const id = `bench-${this.#run}-${number}`;
    const body = JSON.stringify({
      type: 'message',
      id,
      channel: 'sms',
      from: `+1415${String(2_000_000 + sender)}`,
      to: account.address,
      text: textOf(number),
      timestamp: new Date().toISOString(),
    });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', account.key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const headers = ['content-type', 'application/json', 'webhook-id', id, 'webhook-timestamp', timestamp, 'webhook-signature'];
    return { number, sender, path: account.path, headers: [...headers, `v1,${signature}`], body: Buffer.from(body) };
  }
}
