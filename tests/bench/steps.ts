import { setTimeout as delay } from 'node:timers/promises';
import { connectBus } from '@baton/bus/connect.ts';
import { subjects } from './floor/process.ts';
import { Publisher } from './floor/publisher.ts';
import { closedLoop, drain, frontDoor, type Load, openLoop } from './load/generator.ts';
import type { Tally } from './load/ledger.ts';
import { startDiskProbe } from './measure/disk.ts';
import { cpuBetween, readCpu, readMemory } from './measure/proc.ts';
import { type Quantiles, quantiles } from './measure/stats.ts';
import { complaint, type Session } from './session.ts';

/** One measurement. Times in ms, CPU in µs a message, memory in MiB. */
export interface StepResult {
  /** `closed`, `open 30 %`, `ingest alone`, `publish alone` */
  step: string;
  /** Messages a second that the generator offered; null with a closed loop. */
  offered: number | null;
  throughput: number;
  latency: Quantiles;
  /** How late the generator itself was. */
  lag: Quantiles | null;
  tally: Tally | null;
  complaint: string | null;
  cpu: Record<string, number>;
  /** Share of the machine (0–1) used in all, and by what does not belong to the benchmark. */
  busy: number;
  others: number;
  memory: Record<string, number>;
  disk: Quantiles;
}

const rampMs = 1500;
const patienceMs = 20_000;

interface Measured {
  throughput: number;
  latency: Quantiles;
  lag: Quantiles | null;
  tally: Tally | null;
  complaint: string | null;
}

/** Frames a step: readings at both ends of the window, the disk beside it. `work` opens and closes the window. */
async function framed(
  session: Session,
  o: { step: string; offered: number | null; cpus: number },
  work: (open: () => void, close: () => void) => Promise<Measured>,
): Promise<StepResult> {
  await using disk = startDiskProbe(session.dataDir);
  let before = readCpu(session.components);
  let after = before;
  const measured = await work(
    () => {
      before = readCpu(session.components);
    },
    () => {
      after = readCpu(session.components);
    },
  );
  const spent = cpuBetween(before, after);
  const messages = measured.throughput * spent.wall;
  const all = Object.values(spent.seconds).reduce((sum, one) => sum + one, 0);
  return {
    step: o.step,
    offered: o.offered,
    ...measured,
    cpu: Object.fromEntries(Object.entries(spent.seconds).map(([name, s]) => [name, messages > 0 ? (s * 1e6) / messages : 0])),
    busy: (all + spent.other) / (spent.wall * o.cpus),
    others: spent.other / (spent.wall * o.cpus),
    memory: readMemory(session.components),
    disk: await disk.stop(),
  };
}

/** A load from POST to reply: ramp, window, then everything still under way is waited for. */
async function endToEnd(
  session: Session,
  o: { seconds: number; start: () => Load; open: () => void; close: () => void; signal: AbortSignal },
) {
  const { ledger, turns } = session;
  ledger.begin();
  const strangersBefore = session.strangers();
  const load = o.start();
  try {
    await delay(rampMs, undefined, { signal: o.signal });
    ledger.openWindow();
    o.open();
    const from = performance.now();
    await delay(o.seconds * 1000, undefined, { signal: o.signal });
    o.close();
    ledger.closeWindow();
    const wall = (performance.now() - from) / 1000;
    const throughput = ledger.repliesInWindow / wall;
    load.stop();
    await drain(ledger, patienceMs);
    // A double would come right behind its first: a moment to let it.
    await delay(200);
    const { tally, latencies } = ledger.finish();
    turns.reset();
    const lags = load.lags();
    return {
      throughput,
      latency: quantiles(latencies),
      lag: lags.length > 0 ? quantiles(lags) : null,
      tally,
      complaint: complaint(tally, session.strangers() - strangersBefore) ?? null,
    };
  } finally {
    load.stop();
  }
}

export interface StepOptions {
  seconds: number;
  cpus: number;
  signal: AbortSignal;
}

export function closedStep(session: Session, o: StepOptions & { inFlight: number; step?: string }): Promise<StepResult> {
  // Enough for 6,000 a second; beyond that it signs on the way.
  session.source.prepare(Math.round((o.seconds + rampMs / 1000) * 6000));
  return framed(session, { step: o.step ?? 'closed', offered: null, cpus: o.cpus }, (open, close) =>
    endToEnd(session, { ...o, open, close, start: () => closedLoop(session.turns, session.ledger, o.inFlight) }),
  );
}

export function openStep(session: Session, o: StepOptions & { rate: number; step: string }): Promise<StepResult> {
  session.source.prepare(Math.round((o.seconds + rampMs / 1000 + 1) * o.rate * 1.1));
  return framed(session, { step: o.step, offered: o.rate, cpus: o.cpus }, (open, close) =>
    endToEnd(session, { ...o, open, close, start: () => openLoop(session.turns, session.ledger, o.rate) }),
  );
}

/**
 * While `work` runs nothing takes messages off INBOUND. For the end of a session: what is left in the stream is thrown away with the data.
 */
export async function withConsumersStopped<T>(session: Session, work: () => Promise<T>): Promise<T> {
  for (const pid of session.target.consumerPids()) process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    for (const pid of session.target.consumerPids()) process.kill(pid, 'SIGCONT');
  }
}

/** The front door by itself: 2xx after the durable publish. */
export function ingestStep(session: Session, o: StepOptions & { inFlight: number }): Promise<StepResult> {
  session.source.prepare(Math.round((o.seconds + rampMs / 1000) * 12_000));
  const latencies: number[] = [];
  let refused = 0;
  const load = () => frontDoor({ ...session, inFlight: o.inFlight, accepted: (ms) => latencies.push(ms), refused: () => refused++ });
  return framed(session, { step: 'ingest alone', offered: null, cpus: o.cpus }, async (open, close) => {
    const measured = await bare(o, { start: load, latencies, open, close });
    return { ...measured, complaint: refused > 0 ? `${refused} refused` : null };
  });
}

/** JetStream alone, from this process: the same bytes to the same stream on the same server, so many in flight. */
export async function publishStep(session: Session, o: StepOptions & { inFlight: number }): Promise<StepResult> {
  await using bus = await connectBus({ url: session.target.natsUrl, name: 'bench-publish' });
  const publisher = new Publisher(bus);
  const { body } = session.source.take();
  const latencies: number[] = [];
  const start = (): Load => {
    let stopped = false;
    const again = async () => {
      while (!stopped) {
        const started = performance.now();
        await publisher.publish(subjects.inbound, body);
        latencies.push(performance.now() - started);
      }
    };
    const loops = Array.from({ length: o.inFlight }, again);
    return {
      stop: () => {
        stopped = true;
        void Promise.all(loops);
      },
      lags: () => new Float64Array(),
    };
  };
  return await framed(session, { step: 'publish alone', offered: null, cpus: o.cpus }, (open, close) =>
    bare(o, { start, latencies, open, close }),
  );
}

async function bare(
  o: StepOptions,
  of: { start: () => Load; latencies: number[]; open: () => void; close: () => void },
): Promise<Measured> {
  const load = of.start();
  try {
    await delay(rampMs, undefined, { signal: o.signal });
    const first = of.latencies.length;
    of.open();
    const from = performance.now();
    await delay(o.seconds * 1000, undefined, { signal: o.signal });
    of.close();
    const taken = of.latencies.slice(first);
    const throughput = (taken.length * 1000) / (performance.now() - from);
    load.stop();
    await delay(500);
    return { throughput, latency: quantiles(Float64Array.from(taken).sort()), lag: null, tally: null, complaint: null };
  } finally {
    load.stop();
  }
}
