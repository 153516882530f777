import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { table } from './report/table.ts';
import { cpus, line, type RunContext, rateAt, stepAt, warmUp } from './run.ts';
import { withSession } from './session.ts';
import { closedStep, openStep, type StepResult } from './steps.ts';

/** What `node --cpu-prof` writes, as far as it is read here. */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** Microseconds from one sample to the next, from `startTime` on. */
  timeDeltas: number[];
  /** Microseconds of the system's monotonic clock, which `process.hrtime` reads as well. */
  startTime: number;
}

const monotonicMicros = (): number => Number(process.hrtime.bigint() / 1000n);

/**
 * Runs each target under V8's profiler, at full load and at each of `--loads`, and says where its time goes, by file and package. The profiler itself costs some
 * percent, so figures of such a run go into no comparison.
 */
export async function profileCode(context: RunContext): Promise<string> {
  const { options, signal, say } = context;
  const sections: string[] = [];
  for (const target of options.targets) {
    const dir = path.join(options.out, 'cpu-profiles', target);
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    const nodeOptions = `--cpu-prof --cpu-prof-dir=${dir}`;
    const profile = options.profiles[0]!;
    // Starting and warming up would otherwise fill the tables with the loading of modules.
    const windows: Window[] = [];
    await withSession({ options, profile, target, nodeOptions, postgresSettings: countStatements, say }, async (session) => {
      await warmUp(session, context);
      await using statements = await watchStatements(session.target.databaseUrl);
      const step = { seconds: options.seconds, cpus, signal };
      const watched = async (run: () => Promise<StepResult>): Promise<StepResult> => {
        await statements.reset();
        const from = monotonicMicros();
        const result = await run();
        windows.push({ step: result.step, from, to: monotonicMicros() });
        say(`${target}: ${line(result)}`);
        sections.push(
          `### ${target}, ${result.step}: Postgres, statements by time\n\n${await statements.table(result.tally?.replied ?? 0)}`,
        );
        return result;
      };
      const { throughput } = await watched(() => closedStep(session, { ...step, inFlight: options.inFlight }));
      for (const load of options.loads)
        await watched(() => openStep(session, { ...step, rate: rateAt(throughput, load), step: stepAt(load) }));
    });
    for (const file of readdirSync(dir).filter((name) => name.endsWith('.cpuprofile'))) {
      const profile = JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as CpuProfile;
      for (const window of windows) sections.push(summary(target, profile, window));
    }
  }
  return `${sections.join('\n\n')}\n`;
}

const countStatements = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'top', track_io_timing: 'on' };

/** What Postgres has run since the last `reset`, by time. */
async function watchStatements(
  url: string,
): Promise<AsyncDisposable & { reset(): Promise<void>; table(messages: number): Promise<string> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  return {
    async reset() {
      await client.query('select pg_stat_statements_reset()');
    },
    async table(messages) {
      const { rows } = await client.query<{ query: string; calls: string; ms: number; rows: string }>(
        `select regexp_replace(query, '\\s+', ' ', 'g') as query, calls, rows, total_exec_time + total_plan_time as ms
         from pg_stat_statements order by ms desc limit 25`,
      );
      return table(
        ['', 'calls', 'rows', 'ms a call', 'µs a message'],
        rows.map((r) => [
          `\`${r.query.slice(0, 90).replaceAll('|', '¦')}\``,
          r.calls,
          r.rows,
          (r.ms / Number(r.calls)).toFixed(2),
          ((r.ms * 1000) / Math.max(1, messages)).toFixed(0),
        ]),
      );
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** When a step ran, in microseconds of the monotonic clock. */
interface Window {
  step: string;
  from: number;
  to: number;
}

function summary(target: string, profile: CpuProfile, window: Window): string {
  const byPlace = new Map<string, number>();
  const byFunction = new Map<string, number>();
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  let busy = 0;
  let at = profile.startTime;
  for (const [i, id] of profile.samples.entries()) {
    const frame = frames.get(id)!;
    at += profile.timeDeltas[i] ?? 0;
    if (at < window.from || at > window.to) continue;
    if (frame.functionName === '(idle)') continue;
    const ms = (profile.timeDeltas[i] ?? 0) / 1000;
    busy += ms;
    const place = placeOf(frame.url) ?? frame.functionName;
    byPlace.set(place, (byPlace.get(place) ?? 0) + ms);
    const name = `${frame.functionName || '(anonymous)'} · ${place}:${frame.lineNumber + 1}`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + ms);
  }
  const entry = profile.nodes
    .map(({ callFrame }) => callFrame.url)
    .find((url) => /\/(services\/[^/]+\/src\/main|bench\/floor\/(ingest|state|dispatcher))\.ts$/.test(url));
  const share = (of: Map<string, number>, count: number) =>
    table(
      ['', '% of busy time'],
      [...of]
        .sort((a, b) => b[1] - a[1])
        .slice(0, count)
        .map(([name, ms]) => [name, ((ms / busy) * 100).toFixed(1)]),
    );
  const title = entry ? placeOf(entry) : 'another process';
  return `### ${target}, ${window.step}: ${title}, ${(busy / 1000).toFixed(1)} s busy\n\n${share(byPlace, 20)}\n\n${share(byFunction, 20)}`;
}

/** `node:net`, a package's name, or a path within the repository; undefined for V8's own entries. */
export function placeOf(url: string): string | undefined {
  if (url === '') return undefined;
  if (url.startsWith('node:')) return url;
  const inPackage = url.lastIndexOf('/node_modules/');
  if (inPackage >= 0) {
    const [scope = '', name = ''] = url.slice(inPackage + '/node_modules/'.length).split('/');
    return scope.startsWith('@') ? `${scope}/${name}` : scope;
  }
  return /\/((?:services|packages|tests)\/.*)$/.exec(url)?.[1] ?? url;
}
