import { killPoints } from '@baton/runtime/kill-point.ts';
import { seededBugs } from './bugs/run.ts';
import { faults } from './faults/all.ts';
import type { Fault } from './faults/fault.ts';
import { help, type Options, readOptions } from './options.ts';
import { type Played, type PlayOptions, play } from './play.ts';
import { Progress } from './progress.ts';
import { type Row, table, writeReports } from './report.ts';

const rows: Row[] = [];
const progress = new Progress(process.stderr);

async function one(name: string, o: Omit<PlayOptions, 'say'>): Promise<Row> {
  progress.begin(`${name}, seed ${o.seed}`);
  const row = { name, ...(await play({ ...o, say: (line) => progress.say(line) }).catch(broken(o.seed))) };
  rows.push(row);
  progress.end(row.wrong.length === 0, row.wrong);
  return row;
}

/** A run that could not be played to its end is no run without a fault; the ones behind it are played all the same. */
function broken(seed: number): (error: Error) => Played {
  return (error) => ({
    seed,
    seconds: 0,
    wrong: [`the run did not come to its end: ${error.stack ?? error.message}`],
    strikes: {},
    accepted: 0,
    turns: 0,
    sends: 0,
    unknown: 0,
    takeovers: 0,
    named: [],
    lost: [],
    restarts: 0,
    healedMs: 0,
    swept: 0,
  });
}

/** Which faults strike together, under which name. */
function sets(options: Options): [string, Fault[]][] {
  const named = options.faults.length > 0;
  const chosen = faults.filter(({ name, byNameOnly }) => (named ? options.faults.includes(name) : !byNameOnly));
  if (options.each) return chosen.map((fault) => [fault.name, [fault]]);
  return [[named ? options.faults.join(' + ') : 'mixed', chosen]];
}

async function main(options: Options): Promise<boolean> {
  const { seed, seconds, chains, customers, operators } = options;
  const pace = { seconds, chains, customers, operators };
  if (options.bugs) return seededBugs({ wanted: options.bugs, seed, pace, progress, out: options.out });
  if (options.killPoints) await one('kill points', { ...pace, seed, faults: [], killPoints });
  else
    for (const [name, set] of sets(options))
      for (let run = 0; run < options.runs; run++) await one(name, { ...pace, seed: seed + run, faults: set });
  process.stdout.write(`${table(rows)}\n`);
  if (options.out !== undefined) writeReports(options.out, rows);
  return rows.every(({ wrong }) => wrong.length === 0);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else process.exitCode = (await main(options)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 2;
}
