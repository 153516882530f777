import path from 'node:path';
import { parseArgs } from 'node:util';
import { type TargetName, targetNames } from './targets/target.ts';

export const profiles = ['durable', 'interval'] as const;
export type Profile = (typeof profiles)[number];

/** Measurements of their own, without a floor. */
export const parts = ['webhooks', 'takeovers', 'reads', 'console'] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  seconds: number;
  rounds: number;
  profiles: Profile[];
  targets: TargetName[];
  /** Instead of the comparison. */
  part: Part | undefined;
  /** Shares of the measured maximum, 0–1. */
  loads: number[];
  inFlight: number;
  senders: number;
  accounts: number;
  out: string;
  /** Minutes; instead of the comparison. */
  soakMinutes: number | undefined;
  /** Share of the measured maximum in a soak, 0–1. */
  soakLoad: number;
  /** Beside which a soak runs every second minute. */
  badCompany: boolean;
  cpuProfile: boolean;
  /** Of the workspace in which is searched and which is exported. */
  messages: number;
}

export const help = `Usage: npm run bench -- [options]

Measures Baton end to end (webhook in → AI → provider out, AI and provider answering at once) and, in the same run on the same machine, the floor:
the same hops with no product logic. Writes report.md and report.json. The exit code tells of errors and lost or doubled replies, never of speed.

  --seconds <n>     measured time of each step (10)
  --rounds <n>      floor and product in turn, so many times; medians are shown (3)
  --profile <p>     durable: JetStream syncs to disk before it acknowledges (the default of the product);
                    interval: it syncs every two minutes; both (both)
  --loads <list>    open loop at these percentages of the measured maximum (10,30,50,70,90)
  --in-flight <n>   closed loop: messages between POST and reply at any time (256)
  --senders <n>     customers, each with a conversation (2000)
  --accounts <n>    channel accounts, each with an agent, over which they spread (8)
  --only <what>     floor or product alone; or instead of the comparison:
                    webhooks: how soon 16 endpoints get events, beside 4 good and beside 4 bad ones
                    takeovers: until a model that is writing finds its socket closed
                    reads: search and export of a workspace with many messages
                    console: what an operator waits for in a browser, with 10,000 conversations
  --messages <n>    so many, for --only reads (1000000)
  --soak <minutes>  instead: the product for so long, memory of each process over time (10m)
  --soak-load <n>   at this percentage of its maximum (30)
  --bad-company     every second minute of it beside a webhook endpoint that hangs, a stream's reader that does not read, and poison in INBOUND;
                    in the others beside an endpoint and a reader that do as they should
  --cpu-profile     instead: each Node process profiled, in the closed loop and at each of --loads; says which code and which SQL the time goes to
  --out <dir>       where the reports go (tests/bench/out)
  --help            this text
`;

/**
 * Reads the command line. Undefined when help was asked for.
 *
 * @throws Error with one sentence per wrong option
 */
export function readOptions(argv: string[], root: string): BenchOptions | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      profile: { type: 'string', default: 'both' },
      loads: { type: 'string', default: '10,30,50,70,90' },
      'in-flight': { type: 'string', default: '256' },
      senders: { type: 'string', default: '2000' },
      accounts: { type: 'string', default: '8' },
      only: { type: 'string' },
      messages: { type: 'string', default: '1000000' },
      soak: { type: 'string' },
      'soak-load': { type: 'string', default: '30' },
      'bad-company': { type: 'boolean', default: false },
      'cpu-profile': { type: 'boolean', default: false },
      out: { type: 'string', default: 'tests/bench/out' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const problems: string[] = [];
  const whole = (name: string, text: string, min: number, max: number): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < min || number > max)
      problems.push(`--${name} must be a whole number from ${min} to ${max}, not "${text}"`);
    return number;
  };
  const one = <T extends string>(name: string, text: string | undefined, of: readonly T[], all: string): T[] => {
    if (text === undefined || text === all) return [...of];
    if (!of.includes(text as T)) problems.push(`--${name} must be ${[...of, all].join(' or ')}, not "${text}"`);
    return [text as T];
  };
  const part = parts.find((name) => name === values.only);
  const accounts = whole('accounts', values.accounts, 1, 64);
  const options: BenchOptions = {
    seconds: whole('seconds', values.seconds, 1, 600),
    rounds: whole('rounds', values.rounds, 1, 50),
    profiles: one('profile', values.profile, profiles, 'both'),
    targets: part ? [] : one('only', values.only, targetNames, 'both'),
    part,
    loads: values.loads
      .split(',')
      .filter(Boolean)
      .map((load) => whole('loads', load.trim(), 1, 200) / 100),
    inFlight: whole('in-flight', values['in-flight'], 1, 4096),
    // The first message of each account goes to it alone, so the senders must spread evenly.
    senders: Math.ceil(whole('senders', values.senders, 1, 1_000_000) / accounts) * accounts,
    accounts,
    out: path.resolve(root, values.out),
    soakMinutes: values.soak === undefined ? undefined : whole('soak', values.soak.replace(/m$/, ''), 1, 24 * 60),
    soakLoad: whole('soak-load', values['soak-load'], 1, 200) / 100,
    badCompany: values['bad-company'],
    cpuProfile: values['cpu-profile'],
    messages: whole('messages', values.messages, 1000, 100_000_000),
  };
  if (options.senders < options.inFlight) problems.push('--senders must be at least --in-flight, since each waits for its reply');
  if (problems.length > 0) throw new Error(`${problems.join('; ')}. See \`npm run bench -- --help\`.`);
  return options;
}
