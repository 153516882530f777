import { expect, test } from 'vitest';
import { median } from '../bench/measure/stats.ts';
import { sharedProduct } from '../support/product.ts';
import { badManners, type Manner, WebhookCrowd } from '../support/subscribers/crowd.ts';

const product = sharedProduct();
const load = { customers: 15, each: 4, perSecond: 15 };
const good: Manner[] = Array.from({ length: 16 }, () => 'good' as const);

async function run(others: Manner[]) {
  const crowd = await WebhookCrowd.open(product, [...good, ...others]);
  const events = await crowd.write(load);
  return { crowd, events, median: median(crowd.good.slice(0, 16).flatMap(({ arrivals }) => arrivals.map(({ latencyMs }) => latencyMs))) };
}

test('of twenty subscribers four behave badly: the others get every event once and in order, as fast as without them', async () => {
  const without = await run(['good', 'good', 'good', 'good']);
  await without.crowd[Symbol.asyncDispose]();
  const { crowd, events, median: latency } = await run(badManners);
  await using _ = crowd;
  for (const { arrivals } of crowd.good) {
    expect(arrivals.map(({ eventId }) => eventId).sort()).toEqual([...events].sort());
    for (const [, ofOne] of Map.groupBy(arrivals, ({ conversationId }) => conversationId)) {
      const sequences = ofOne.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.map((_one, index) => index + 1));
    }
  }
  for (const { manner, arrivals } of crowd.subscribers.filter((one) => one.manner !== 'good')) {
    expect(arrivals.length, manner).toBeGreaterThan(0);
    // What is not taken keeps the rest of its conversation waiting, and comes again under the same id.
    for (const [, ofOne] of Map.groupBy(arrivals, ({ conversationId }) => conversationId)) {
      expect(new Set(ofOne.map(({ sequence }) => sequence)), manner).toEqual(new Set([1]));
      expect(new Set(ofOne.map(({ webhookId }) => webhookId)).size, manner).toBe(1);
    }
  }
  expect(crowd.requestsInside).toBe(0);
  // A figure, no bar: a busy machine must not fail it. `npm run bench -- --only webhooks` measures it properly.
  console.log(
    `median latency ${latency} ms with the bad ones, ${without.median} ms without: ratio ${(latency / without.median).toFixed(2)}`,
  );
});
