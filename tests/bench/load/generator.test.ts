import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { complaint } from '../session.ts';
import { closedLoop, drain, openLoop, Turns } from './generator.ts';
import { Ledger } from './ledger.ts';
import { MessageSource } from './messages.ts';
import type { Poster } from './poster.ts';

const accounts = [{ path: '/', address: '+14151001000', key: randomBytes(32) }];

/** A target in this process that takes every message and answers it `replies(number)` times after a moment. */
function rig(o: { senders: number; replies: (number: number) => number; status?: (number: number) => number | undefined }) {
  const ledger = new Ledger();
  const source = new MessageSource({ accounts, senders: o.senders, run: 'test' });
  const posted: number[] = [];
  const poster: Poster = {
    post({ number }, done) {
      posted.push(number);
      const status = o.status ? o.status(number) : 202;
      setTimeout(() => done(status), 1);
      if (status === 202) for (let i = 0; i < o.replies(number); i++) setTimeout(() => ledger.replied(number), 2 + i);
    },
    async [Symbol.asyncDispose]() {},
  };
  const turns = new Turns({ source, poster, ledger });
  ledger.begin();
  ledger.openWindow();
  return { ledger, turns, posted };
}

async function enough(ledger: Ledger, replies: number): Promise<void> {
  while (ledger.replies < replies) await delay(2);
}

const never = (share: number) => (number: number) => (createHash('sha1').update(String(number)).digest()[0]! % share === 0 ? 0 : 1);

test('a message answered once is no complaint, under a closed and an open loop', async () => {
  for (const start of [closedLoop, openLoop]) {
    const { ledger, turns } = rig({ senders: 50, replies: () => 1 });
    const load = start(turns, ledger, 20);
    await enough(ledger, 30);
    load.stop();
    await drain(ledger, 1000);
    const { tally, latencies } = ledger.finish();
    expect(complaint(tally, 0)).toBeUndefined();
    expect(latencies.length).toBe(tally.replied);
    expect(latencies[0]).toBeGreaterThan(0);
  }
});

test('a message that nobody answers is reported as lost', async () => {
  const { ledger, turns, posted } = rig({ senders: 5000, replies: never(4) });
  const load = openLoop(turns, ledger, 2000);
  await enough(ledger, 100);
  load.stop();
  await drain(ledger, 200);
  const { tally } = ledger.finish();
  const lost = posted.filter((number) => never(4)(number) === 0).length;
  expect(lost).toBeGreaterThan(0);
  expect(tally).toMatchObject({ issued: posted.length, lost, doubled: 0 });
  expect(complaint(tally, 0)).toBe(`${lost} without a reply`);
});

test('a reply too many is reported', async () => {
  const { ledger, turns, posted } = rig({ senders: 50, replies: (number) => (number === 7 ? 2 : 1) });
  const load = closedLoop(turns, ledger, 5);
  await enough(ledger, 30);
  load.stop();
  await drain(ledger, 1000);
  expect(complaint(ledger.finish().tally, 0)).toBe('1 replies too many');
  expect(posted).toContain(7);
});

test('a refusal is reported, and its customer writes again', async () => {
  const { ledger, turns, posted } = rig({ senders: 3, replies: () => 1, status: (number) => (number === 2 ? 503 : 202) });
  const load = closedLoop(turns, ledger, 3);
  await enough(ledger, 12);
  load.stop();
  await drain(ledger, 1000);
  const { tally } = ledger.finish();
  expect(complaint(tally, 0)).toBe('1 refused');
  expect(posted.filter((number) => number % 3 === 2).length).toBeGreaterThan(1);
});

test('no customer writes again before being answered', async () => {
  const writing = new Set<number>();
  let overlaps = 0;
  const ledger = new Ledger();
  const source = new MessageSource({ accounts, senders: 4, run: 'test' });
  const poster: Poster = {
    post({ number, sender }, done) {
      if (writing.has(sender)) overlaps++;
      writing.add(sender);
      setTimeout(() => done(202), 1);
      // The first customer is slow: the others' turns come round while it still waits.
      setTimeout(
        () => {
          writing.delete(sender);
          ledger.replied(number);
        },
        sender === 0 ? 20 : 2,
      );
    },
    async [Symbol.asyncDispose]() {},
  };
  ledger.begin();
  const load = closedLoop(new Turns({ source, poster, ledger }), ledger, 4);
  await enough(ledger, 60);
  load.stop();
  await drain(ledger, 1000);
  expect(overlaps).toBe(0);
});
