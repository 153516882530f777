import { RepairServiceClient, type ReplayInboundProgress } from '@baton/contracts/gen/baton/operations/v1/repair.ts';
import { createClient } from '@baton/rpc/client.ts';
import { Command } from 'commander';
import { type Context, commandFor, examples, placeFor } from '../command.ts';
import { exitCodes } from '../exit.ts';
import type { PlaceOptions } from '../place.ts';
import { count, duration, moment } from '../values.ts';

const needs = ['conversation_state', 'service_token'] as const;

interface Chosen extends PlaceOptions {
  since?: Date;
  until?: Date;
  fromSequence?: number;
  toSequence?: number;
  dryRun?: boolean;
  wait: number;
  json?: boolean;
}

export function inboundCommand(context: Context): Command {
  return new Command('inbound')
    .summary('the stream INBOUND: replay')
    .description('The stream INBOUND: what providers have delivered and Postgres has not taken yet.')
    .addCommand(replay(context));
}

function replay(context: Context): Command {
  const command = commandFor('replay', needs)
    .summary('read again what INBOUND holds')
    .description(
      'Has what INBOUND holds read again, in order, on the way of every message, and waits until it is taken.\n' +
        'A message leaves INBOUND some two seconds after Postgres has it; should one be read a second time (also when NATS was restored from a copy), ' +
        'the provider’s id makes it harmless. Whole partitions begin anew at their first message; the range says what is counted and waited for.',
    )
    .option('--since <time>', 'stored from then on: a time, or how long ago', moment)
    .option('--until <time>', 'stored before', moment)
    .option('--from-sequence <n>', 'from this place in the stream on', count)
    .option('--to-sequence <n>', 'up to this place in the stream', count)
    .option('--dry-run', 'say what is there, and do nothing')
    .option('--wait <time>', 'how long to wait until it is taken: 90s, 15m', duration, 60_000)
    .option('--json', 'the result as one JSON object');
  examples(
    command,
    ['npx baton inbound replay --dry-run', 'what waits in INBOUND'],
    ['npx baton inbound replay --until 15m', 'what should have been taken a quarter of an hour ago'],
  );
  return command.action(async (options: Chosen) => {
    const { conversation_state: address, service_token: token } = placeFor(context, needs, options);
    using repair = createClient(RepairServiceClient, { address, token });
    const result = await follow(context, repair, options);
    context.signal.throwIfAborted();
    show(context, result, options);
    if (!options.dryRun && result && result.left > 0) context.ended(exitCodes.failed);
  });
}

type Repair = ReturnType<typeof createClient<RepairServiceClient>>;

async function follow(context: Context, repair: Repair, options: Chosen): Promise<ReplayInboundProgress | undefined> {
  const enough = AbortSignal.timeout(options.wait);
  const asked = {
    since: options.since,
    until: options.until,
    fromSequence: BigInt(options.fromSequence ?? 0),
    toSequence: BigInt(options.toSequence ?? 0),
    dryRun: options.dryRun ?? false,
  };
  let last: ReplayInboundProgress | undefined;
  try {
    const signal = AbortSignal.any([context.signal, enough]);
    for await (const part of repair.replayInbound(asked, { timeoutMs: options.wait + 60_000, signal })) {
      last = part;
      context.terminal.progress(`${part.left} of ${part.messages} messages are not taken yet`);
    }
  } catch (error) {
    if (!enough.aborted || !last) throw error;
  }
  return last;
}

function show({ terminal }: Context, result: ReplayInboundProgress | undefined, options: Chosen): void {
  const { messages = 0, left = 0, partitions = [] } = result ?? {};
  if (options.json) {
    const range = { first_sequence: Number(result?.firstSequence ?? 0), last_sequence: Number(result?.lastSequence ?? 0) };
    const times = { first_stored_at: result?.firstStoredAt ?? null, last_stored_at: result?.lastStoredAt ?? null };
    terminal.out(JSON.stringify({ messages, left, ...range, ...times, partitions }));
    return;
  }
  if (messages === 0) {
    terminal.out('INBOUND holds none of that.');
    return;
  }
  const between = `${result?.firstStoredAt?.toISOString()} to ${result?.lastStoredAt?.toISOString()}`;
  const places = `places ${result?.firstSequence} to ${result?.lastSequence}, partitions ${partitions.join(', ')}`;
  terminal.out(`${messages} messages, stored ${between}, ${places}.`);
  if (!options.dryRun)
    terminal.out(left === 0 ? 'All of them are taken.' : `${left} of them are not taken after ${options.wait / 1000} s.`);
}
