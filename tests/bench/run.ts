import { availableParallelism } from 'node:os';
import type { BenchOptions, Profile } from './options.ts';
import { type Session, withSession } from './session.ts';
import { closedStep, ingestStep, openStep, publishStep, type StepOptions, type StepResult, withConsumersStopped } from './steps.ts';
import type { TargetName } from './targets/target.ts';

/** All steps of one target in one round. */
export interface RoundResult {
  profile: Profile;
  round: number;
  target: TargetName;
  steps: StepResult[];
}

export interface RunContext {
  options: BenchOptions;
  signal: AbortSignal;
  say: (line: string) => void;
}

export const cpus = availableParallelism();

/** Floor and product in turn, so that a machine that grows slower or faster meanwhile does so to both. */
export async function compare({ options, signal, say }: RunContext, done: (results: RoundResult[]) => void): Promise<RoundResult[]> {
  const results: RoundResult[] = [];
  for (const profile of options.profiles) {
    for (let round = 1; round <= options.rounds; round++) {
      for (const target of options.targets) {
        const prefix = `${profile} ${round}/${options.rounds} ${target}`;
        say(`${prefix}: starting`);
        const steps = await withSession({ options, profile, target, say: (line) => say(`${prefix}: ${line}`) }, (session) =>
          measure(session, { options, signal, say: (line) => say(`${prefix}: ${line}`) }),
        );
        results.push({ profile, round, target, steps });
        // After each round, so that a run broken off has something to show.
        done(results);
      }
    }
  }
  return results;
}

async function measure(session: Session, { options, signal, say }: RunContext): Promise<StepResult[]> {
  const steps: StepResult[] = [];
  const step: StepOptions = { seconds: options.seconds, cpus, signal };
  const keep = (result: StepResult): StepResult => {
    say(line(result));
    steps.push(result);
    return result;
  };
  await warmUp(session, { options, signal, say });
  const { throughput } = keep(await closedStep(session, { ...step, inFlight: options.inFlight }));
  for (const load of options.loads) {
    keep(await openStep(session, { ...step, rate: rateAt(throughput, load), step: stepAt(load) }));
  }
  await withConsumersStopped(session, async () => {
    keep(await ingestStep(session, { ...step, inFlight: options.inFlight }));
    if (session.target.name === 'floor') keep(await publishStep(session, { ...step, inFlight: options.inFlight }));
  });
  return steps;
}

/** Messages a second at that share of the maximum. */
export const rateAt = (maximum: number, load: number): number => Math.max(1, Math.round(maximum * load));

export const stepAt = (load: number): string => `open ${Math.round(load * 100)} %`;

/** Until the code is compiled, connections are open and Postgres has its tables in memory; not part of any figure. */
export async function warmUp(session: Session, { options, signal, say }: RunContext): Promise<StepResult> {
  const seconds = Math.min(5, options.seconds);
  const result = await closedStep(session, { seconds, cpus, signal, inFlight: options.inFlight, step: 'warm-up' });
  say(line(result));
  if (result.complaint) throw new Error(`Already the warm-up went wrong: ${result.complaint}.`);
  return result;
}

/** One step in one line. */
export function line(r: StepResult): string {
  const cpu = Object.values(r.cpu).reduce((sum, one) => sum + one, 0);
  return [
    `${r.step}: ${r.throughput.toFixed(0)}/s`,
    `p50 ${r.latency.p50.toFixed(1)} ms, p99 ${r.latency.p99.toFixed(1)} ms`,
    `CPU ${cpu.toFixed(0)} µs a message`,
    `machine ${(r.busy * 100).toFixed(0)} % busy (others ${(r.others * 100).toFixed(0)} %)`,
    ...(r.complaint ? [`WRONG: ${r.complaint}`] : []),
  ].join(' · ');
}
