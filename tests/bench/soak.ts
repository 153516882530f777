import { setTimeout as delay } from 'node:timers/promises';
import { Company } from './load/company.ts';
import { drain, openLoop } from './load/generator.ts';
import { readMemory } from './measure/proc.ts';
import { quantiles, slope } from './measure/stats.ts';
import { cpus, line, type RunContext, warmUp } from './run.ts';
import { complaint, type Session, withSession } from './session.ts';
import { closedStep } from './steps.ts';

export interface MemorySample {
  /** Seconds since the load began. */
  at: number;
  /** MiB by component. */
  mib: Record<string, number>;
}

export interface SoakResult {
  profile: string;
  minutes: number;
  /** Messages a second offered, and which share (0–1) that is of the maximum measured just before. */
  rate: number;
  load: number;
  /** Each minute's quantiles in ms, and the manners of those who used the product beside it; undefined: nobody did. */
  legs: { manners: 'good' | 'bad' | undefined; p50: number; p99: number }[];
  replied: number;
  p50: number;
  p99: number;
  samples: MemorySample[];
  /** MiB per 10 minutes by component over the last two thirds, in which caches and heaps have their size. */
  growth: Record<string, number>;
  /** What that makes of a component's memory in those two thirds, as a share (0–1). */
  share: Record<string, number>;
  complaints: string[];
}

const sampleEvery = 5000;
/** Messages are signed minute by minute: a signature is good for five. */
const leg = 60_000;

/** The product at a part of its maximum for a long time: whether memory stays flat, and others' bad manners are felt. */
export function soak(context: RunContext, minutes: number): Promise<SoakResult> {
  const { options, say, signal } = context;
  const profile = options.profiles[0]!;
  return withSession({ options, profile, target: options.targets.at(-1)!, say }, async (session) => {
    await warmUp(session, context);
    const maximum = await closedStep(session, { seconds: options.seconds, cpus, signal, inFlight: options.inFlight });
    say(line(maximum));
    const rate = Math.max(1, Math.round(maximum.throughput * options.soakLoad));
    const samples: MemorySample[] = [];
    const started = performance.now();
    const sample = (): void => {
      samples.push({ at: (performance.now() - started) / 1000, mib: readMemory(session.components) });
    };
    sample();
    const sampler = setInterval(sample, sampleEvery);
    await using company = options.badCompany ? await Company.join(session.target) : undefined;
    try {
      const load = await legs(session, { minutes, rate, signal, say, company });
      return { profile, minutes, rate, load: options.soakLoad, ...load, samples, ...growthOf(samples) };
    } finally {
      clearInterval(sampler);
    }
  });
}

interface LegOptions {
  minutes: number;
  rate: number;
  signal: AbortSignal;
  say: (line: string) => void;
  company: Company | undefined;
}

async function legs(session: Session, o: LegOptions) {
  const { ledger, source, turns } = session;
  const complaints: string[] = [];
  const latencies: Float64Array[] = [];
  const legs: SoakResult['legs'] = [];
  let replied = 0;
  for (let minute = 1; minute <= o.minutes; minute++) {
    const manners = o.company ? (minute % 2 === 1 ? 'good' : 'bad') : undefined;
    if (manners) await o.company?.behave(manners);
    source.prepare(Math.round((o.rate * leg) / 1000));
    ledger.begin();
    ledger.openWindow();
    const strangers = session.strangers();
    const load = openLoop(turns, ledger, o.rate);
    try {
      await delay(leg, undefined, { signal: o.signal });
    } finally {
      load.stop();
    }
    await drain(ledger, 20_000);
    const result = ledger.finish();
    turns.reset();
    latencies.push(result.latencies);
    replied += result.tally.replied;
    const wrong = complaint(result.tally, session.strangers() - strangers);
    if (wrong) complaints.push(`minute ${minute}: ${wrong}`);
    const { p50, p99 } = quantiles(result.latencies);
    legs.push({ manners, p50, p99 });
    const memory = Object.entries(readMemory(session.components)).map(([name, mib]) => `${name} ${mib.toFixed(0)}`);
    o.say(
      `minute ${minute}/${o.minutes}${manners ? `, ${manners} company` : ''}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms · MiB: ${memory.join(', ')}${wrong ? ` · WRONG: ${wrong}` : ''}`,
    );
  }
  const all = new Float64Array(latencies.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of latencies) {
    all.set(one, at);
    at += one.length;
  }
  const { p50, p99 } = quantiles(all.sort());
  return { complaints, replied, p50, p99, legs };
}

function growthOf(samples: MemorySample[]): Pick<SoakResult, 'growth' | 'share'> {
  const late = samples.slice(Math.floor(samples.length / 3));
  const names = Object.keys(samples[0]?.mib ?? {});
  const growth = Object.fromEntries(names.map((name) => [name, slope(late.map(({ at, mib }) => ({ x: at / 600, y: mib[name] ?? 0 })))]));
  const tens = ((late.at(-1)?.at ?? 0) - (late[0]?.at ?? 0)) / 600;
  const mean = (name: string): number => late.reduce((sum, { mib }) => sum + (mib[name] ?? 0), 0) / Math.max(1, late.length);
  return { growth, share: Object.fromEntries(names.map((name) => [name, ((growth[name] ?? 0) * tens) / Math.max(1, mean(name))])) };
}
