import { parseArgs } from 'node:util';
import { faults, notDone } from './faults/all.ts';

export interface Options {
  seed: number;
  /** Of one run. */
  seconds: number;
  runs: number;
  /** Names; empty: all mixed. */
  faults: string[];
  /** Every fault by itself. */
  each: boolean;
  killPoints: boolean;
  /** Parts of names; undefined: none are hunted. */
  bugs: string[] | undefined;
  chains: number;
  customers: number;
  operators: number;
  out: string | undefined;
  help: boolean;
}

const list = (rows: [string, string][]) => rows.map(([name, what]) => `    ${name.padEnd(26)}${what}`).join('\n');

export const help = `Usage: npm run chaos -- [options]

Runs the whole product with two instances of each service, customers, operators, a stream's reader and a webhook subscriber, lets faults strike, waits until it has
healed by itself, and has a judge that reads Postgres, the EVENTS stream and the logs of the provider and the AI look for a broken promise.
Exit code 0: none was broken. One seed gives the same faults at the same moments; what the machine makes of them may differ.

  --seed N         of the first run; the following ones count up (default: by the clock)
  --seconds S      how long faults strike in one run (60)
  --minutes M      the same in minutes
  --runs N         how many runs (1)
  --fault NAME     only this one; may be given several times (default: all, mixed)
  --each           every fault by itself, --runs runs of each
  --kill-points    every kill point once, one after the other
  --bugs           one seeded bug after the other: each must be found
  --bug TEXT       only those whose name contains it; may be given several times
  --chains N       faults that may be under way at once (2)
  --customers N    who write every 0.9 s (25)
  --operators N    who take over and give back (4)
  --out DIR        chaos.json and junit.xml go there
  --help           this text

Faults:
${list(faults.map(({ name, what }) => [name, what]))}

Not done here:
${list(Object.entries(notDone))}
`;

/** @throws Error with a sentence that names the option. */
export function readOptions(args: readonly string[], now: () => number = Date.now): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      runs: { type: 'string' },
      fault: { type: 'string', multiple: true },
      each: { type: 'boolean', default: false },
      'kill-points': { type: 'boolean', default: false },
      bugs: { type: 'boolean', default: false },
      bug: { type: 'string', multiple: true },
      chains: { type: 'string' },
      customers: { type: 'string' },
      operators: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const whole = (name: string, text: string | undefined, o: { fallback: number; min: number; max: number }): number => {
    if (text === undefined) return o.fallback;
    const number = Number(text);
    if (!Number.isInteger(number) || number < o.min || number > o.max)
      throw new Error(`--${name} must be a whole number from ${o.min} to ${o.max}, not "${text}".`);
    return number;
  };
  const wanted = values.fault ?? [];
  for (const name of wanted)
    if (!faults.some((fault) => fault.name === name))
      throw new Error(`--fault ${name} is unknown; there are ${faults.map((fault) => fault.name).join(', ')}.`);
  if (values.seconds !== undefined && values.minutes !== undefined) throw new Error('Give --seconds or --minutes, not both.');
  return {
    seed: whole('seed', values.seed, { fallback: now() % 2 ** 31, min: 0, max: 2 ** 31 - 1 }),
    seconds:
      values.minutes === undefined
        ? whole('seconds', values.seconds, { fallback: 60, min: 5, max: 86_400 })
        : 60 * whole('minutes', values.minutes, { fallback: 1, min: 1, max: 1_440 }),
    runs: whole('runs', values.runs, { fallback: 1, min: 1, max: 10_000 }),
    faults: wanted,
    each: values.each,
    killPoints: values['kill-points'],
    bugs: values.bug ?? (values.bugs ? [''] : undefined),
    chains: whole('chains', values.chains, { fallback: 2, min: 1, max: 10 }),
    customers: whole('customers', values.customers, { fallback: 25, min: 1, max: 1_000 }),
    operators: whole('operators', values.operators, { fallback: 4, min: 0, max: 200 }),
    out: values.out,
    help: values.help,
  };
}
