import { randomFrom } from './random.ts';

const day = 86_400_000;
const span = 365 * day;

export interface Timeline {
  /** How many messages each conversation has. */
  lengths: number[];
  /** Milliseconds, by conversation. */
  firstAt: Float64Array;
  lastAt: Float64Array;
  /** All messages in the order of time: whose, which of that conversation (from 1), when. */
  conversation: Uint32Array;
  sequence: Uint32Array;
  at: Float64Array;
}

/** So many messages over a year until now, about 20 in a conversation, in one of a thousand 2,000: written in turn, as they come in. */
export function timeline(messages: number, now: number): Timeline {
  const random = randomFrom(messages);
  const lengths = conversationLengths(messages, random);
  const conversation = new Uint32Array(messages);
  const sequence = new Uint32Array(messages);
  const at = new Float64Array(messages);
  const firstAt = new Float64Array(lengths.length);
  const lastAt = new Float64Array(lengths.length);
  let n = 0;
  for (const [i, length] of lengths.entries()) {
    const gaps = Array.from({ length }, () => Math.ceil(-Math.log(1 - random()) * 600_000));
    const lasts = gaps.reduce((sum, gap) => sum + gap, 0);
    let time = now - lasts - random() * Math.max(0, span - lasts);
    firstAt[i] = time;
    for (const [k, gap] of gaps.entries()) {
      [conversation[n], sequence[n], at[n]] = [i, k + 1, Math.floor(time)];
      lastAt[i] = time;
      time += gap;
      n++;
    }
  }
  const order = Uint32Array.from({ length: messages }, (_, i) => i).sort((a, b) => at[a]! - at[b]!);
  return {
    lengths,
    firstAt,
    lastAt,
    conversation: order.map((i) => conversation[i]!),
    sequence: order.map((i) => sequence[i]!),
    at: Float64Array.from(order, (i) => at[i]!),
  };
}

function conversationLengths(messages: number, random: () => number): number[] {
  const lengths: number[] = [];
  for (let left = messages; left > 0; ) {
    const length = Math.min(left, random() < 0.001 ? 2000 : Math.ceil(-Math.log(1 - random()) * 18));
    lengths.push(length);
    left -= length;
  }
  return lengths;
}
