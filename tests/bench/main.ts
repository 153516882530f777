import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus as cpuList, release, totalmem } from 'node:os';
import path from 'node:path';
import { findNatsServer } from '@baton/launcher/nats/binary.ts';
import { profileCode } from './code-profile.ts';
import { measureConsole } from './console/run.ts';
import { type BenchOptions, help, readOptions } from './options.ts';
import { measureReads } from './reads/run.ts';
import { comparisonReport } from './report/comparison.ts';
import { consoleReport } from './report/console.ts';
import { readsReport } from './report/reads.ts';
import { soakReport } from './report/soak.ts';
import { takeoversReport } from './report/takeovers.ts';
import { webhooksReport } from './report/webhooks.ts';
import { compare, type RoundResult } from './run.ts';
import { soak } from './soak.ts';
import { takeovers } from './takeovers.ts';
import { webhooks } from './webhooks.ts';

const root = path.resolve(import.meta.dirname, '../..');
const started = Date.now();
const say = (line: string): void => {
  process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s] ${line}\n`);
};

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), root);
  if (!options) {
    process.stdout.write(help);
    return 0;
  }
  mkdirSync(options.out, { recursive: true });
  const stop = new AbortController();
  // The first signal ends the step and takes everything down in order; what was measured by then is in the reports.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  const context = { options, signal: stop.signal, say };
  const machine = await describeMachine();
  const write: Write = (name, markdown, data) => {
    writeFileSync(path.join(options.out, `${name}.md`), markdown);
    writeFileSync(path.join(options.out, `${name}.json`), `${JSON.stringify({ machine, options: shown(options), ...data }, null, 2)}\n`);
  };
  if (options.cpuProfile) {
    process.stdout.write(await profileCode(context));
    return 0;
  }
  if (options.soakMinutes !== undefined) {
    const result = await soak(context, options.soakMinutes);
    const report = soakReport(result, machine);
    write('soak', report, { result });
    process.stdout.write(report);
    return result.complaints.length > 0 ? 1 : 0;
  }
  if (options.part === 'webhooks') {
    const measured = await webhooks(context);
    const report = webhooksReport(measured, machine);
    write(options.part, report, { measured });
    process.stdout.write(report);
    return 0;
  }
  if (options.part === 'takeovers') {
    const measured = await takeovers(context);
    const report = takeoversReport(measured, machine);
    write(options.part, report, { measured });
    process.stdout.write(report);
    return 0;
  }
  if (options.part === 'reads') {
    const result = await measureReads(context, root);
    const report = readsReport(result, machine);
    write(options.part, report, { result });
    process.stdout.write(report);
    return result.complaints.length > 0 ? 1 : 0;
  }
  if (options.part === 'console') {
    const measured = await measureConsole(context);
    const report = consoleReport(measured, machine);
    write(options.part, report, { measured });
    process.stdout.write(report);
    return 0;
  }
  return compareAndReport(context, machine, write);
}

type Write = (name: string, markdown: string, data: object) => void;

async function compareAndReport(context: Parameters<typeof compare>[0], machine: Machine, write: Write): Promise<number> {
  const { options } = context;
  const record = (results: RoundResult[]): void =>
    write('report', comparisonReport(results, { machine, options: shown(options) }), { results });
  const results = await compare(context, record);
  process.stdout.write(comparisonReport(results, { machine, options: shown(options) }));
  return results.some(({ steps }) => steps.some((step) => step.complaint)) ? 1 : 0;
}

export type Machine = Record<'cpu' | 'memory' | 'kernel' | 'node' | 'nats', string>;

async function describeMachine(): Promise<Machine> {
  const { version } = await findNatsServer(process.env, say);
  const list = cpuList();
  return {
    cpu: `${list.length} × ${list[0]?.model ?? 'unknown'}`,
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    kernel: `${process.platform} ${release()}`,
    node: process.version,
    nats: version,
  };
}

/** Without the place on this machine's disk. */
function shown({ out: _, ...options }: BenchOptions): Omit<BenchOptions, 'out'> {
  return options;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
