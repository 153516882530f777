import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { placesOf } from '@baton/launcher/postgres/place.ts';
import { drain, Turns } from './load/generator.ts';
import { Ledger, type Tally } from './load/ledger.ts';
import { MessageSource } from './load/messages.ts';
import { openPoster, type Poster } from './load/poster.ts';
import { startStubs } from './load/stubs.ts';
import type { BenchOptions, Profile } from './options.ts';
import { startFloor } from './targets/floor.ts';
import { startProduct } from './targets/product.ts';
import type { Component, Target, TargetName } from './targets/target.ts';

/** One target running, with everything that loads and watches it. */
export interface Session {
  target: Target;
  ledger: Ledger;
  source: MessageSource;
  poster: Poster;
  turns: Turns;
  /** The target's, and this process itself. */
  components: Component[];
  dataDir: string;
  strangers(): number;
}

export interface SessionOptions {
  options: BenchOptions;
  profile: Profile;
  target: TargetName;
  nodeOptions?: string;
  postgresSettings?: Record<string, string>;
  say: (line: string) => void;
}

/** Starts the target on empty data, gives it to `work`, and removes every trace of it. */
export async function withSession<T>(o: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const dir = path.join(o.options.out, 'data', `${o.target}-${process.pid}`);
  mkdirSync(path.join(dir, 'logs'), { recursive: true });
  let done = false;
  try {
    const ledger = new Ledger();
    await using stubs = await startStubs((number) => ledger.replied(number));
    const start = o.target === 'floor' ? startFloor : startProduct;
    await using target = await start({
      dir,
      syncInterval: o.profile === 'durable' ? 'always' : '2m',
      aiUrl: stubs.aiUrl,
      providerUrl: stubs.providerUrl,
      accounts: o.options.accounts,
      nodeOptions: o.nodeOptions,
      postgresSettings: o.postgresSettings ?? {},
      say: o.say,
    });
    await using poster = openPoster(target.origin, o.options.inFlight);
    const source = new MessageSource({ accounts: target.accounts, senders: o.options.senders, run: `${process.pid}-${Date.now()}` });
    const turns = new Turns({ source, poster, ledger });
    const components: Component[] = [...target.components, { name: 'generator and stubs', pid: () => process.pid }];
    const session = { target, ledger, source, poster, turns, components, dataDir: dir, strangers: stubs.strangers };
    await firstMessages(session, o.options.accounts);
    const result = await work(session);
    done = true;
    return result;
  } finally {
    for (const place of placesOf(path.join(dir, 'postgres'))) rmSync(place, { recursive: true, force: true });
    rmSync(path.join(dir, 'nats'), { recursive: true, force: true });
    // After a failure the logs stay: they are what says why.
    if (done) rmSync(dir, { recursive: true, force: true });
  }
}

/** A new account is known at the front door a moment after it was made: its first message is repeated until it is taken. */
async function firstMessages(session: Session, accounts: number): Promise<void> {
  const { ledger, source, poster } = session;
  const end = performance.now() + 20_000;
  for (let i = 0; i < accounts; i++) {
    const message = source.take();
    ledger.issued(message.number);
    for (;;) {
      const status = await new Promise<number | undefined>((resolve) => poster.post(message, resolve));
      if (status !== undefined && status < 300) break;
      if (performance.now() > end) throw new Error(`The first message was answered ${status ?? 'not at all'} for 20 s; see the logs.`);
      await delay(50);
    }
  }
  await drain(ledger, 20_000);
  const { tally } = ledger.finish();
  if (tally.lost > 0) throw new Error(`${tally.lost} of the first ${accounts} messages had no reply within 20 s.`);
  ledger.begin();
}

/** The sentence about what went wrong in a step; undefined when every message had exactly one reply. */
export function complaint(tally: Tally, strangers: number): string | undefined {
  const parts = [
    [tally.refused, 'refused'],
    [tally.lost, 'without a reply'],
    [tally.doubled, 'replies too many'],
    [strangers, 'requests that belong to no message'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0 ? undefined : parts.map(([count, what]) => `${count} ${what}`).join(', ');
}
