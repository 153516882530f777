import { openHealthProbe } from '@baton/rpc/probe.ts';
import type { Command } from 'commander';
import { type Context, commandFor, examples, placeFor } from '../command.ts';
import { exitCodes } from '../exit.ts';
import type { PlaceOptions } from '../place.ts';
import { table } from '../terminal.ts';
import { openNats, openPostgres } from './servers.ts';
import { busState, type ConsumerState, concerns, type RowsState, rowsState, type StreamState } from './state-of.ts';

const needs = ['conversation_state', 'dispatcher', 'service_token', 'nats', 'postgres'] as const;

interface Chosen extends PlaceOptions {
  json?: boolean;
}

interface Status {
  services: { service: string; address: string; problem: string | null }[];
  streams: StreamState[];
  consumers: ConsumerState[];
  rows: RowsState;
  concerns: string[];
}

export function statusCommand(context: Context): Command {
  const command = commandFor('status', needs)
    .summary('what runs, what waits, what should be looked at')
    .description(
      'Shows at a glance which services answer, what the streams hold, how far their readers are, who holds the partitions, what waits in Postgres, and what stands as a dead letter. Reads only.',
    )
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExit codes: 0 nothing to look at, 1 something is, 2 usage, 3 a server cannot be reached.');
  examples(command, ['npx baton status', 'at a glance'], ['npx baton status --json | jq .concerns', 'for an alarm']);
  return command.action(async (options: Chosen) => {
    const place = placeFor(context, needs, options);
    await using reader = await openPostgres(place.postgres);
    const connection = await openNats(place.nats);
    const status = await statusOf(place, {
      rows: await rowsState(reader.query),
      bus: await busState(connection).finally(() => connection.close()),
    });
    if (options.json) context.terminal.out(JSON.stringify(status));
    else for (const line of lines(status)) context.terminal.out(line);
    if (status.services.some(({ problem }) => problem !== null)) context.ended(exitCodes.unreachable);
    else if (status.concerns.length > 0) context.ended(exitCodes.failed);
  });
}

type Seen = { rows: RowsState; bus: { streams: StreamState[]; consumers: ConsumerState[] } };

async function statusOf(
  place: { conversation_state: string; dispatcher: string; service_token: string },
  { rows, bus }: Seen,
): Promise<Status> {
  const instances = [
    ...place.conversation_state.split(',').map((address) => ['conversation-state', address.trim()] as const),
    ...place.dispatcher.split(',').map((address) => ['dispatcher', address.trim()] as const),
  ];
  const services = await Promise.all(
    instances.map(async ([service, address]) => {
      using probe = openHealthProbe({ name: service, address, token: place.service_token });
      return { service, address, problem: (await probe.problem()) ?? null };
    }),
  );
  const away = services.flatMap(({ service, address, problem }) => (problem === null ? [] : [`${service} at ${address}: ${problem}`]));
  return { services, ...bus, rows, concerns: [...away, ...concerns({ streams: bus.streams, rows, now: Date.now() })] };
}

function lines({ services, streams, consumers, rows, concerns: found }: Status): string[] {
  const partitions = consumers.filter(({ stream }) => stream === 'INBOUND');
  const sum = (key: 'pending' | 'in_hand' | 'redelivered') => partitions.reduce((total, one) => total + one[key], 0);
  const readers = [
    {
      stream: 'INBOUND',
      name: `${partitions.length} partitions`,
      pending: sum('pending'),
      in_hand: sum('in_hand'),
      redelivered: sum('redelivered'),
    },
    ...consumers.filter(({ stream }) => stream !== 'INBOUND'),
  ];
  return [
    ...table(
      ['SERVICE', 'ADDRESS', ''],
      services.map(({ service, address, problem }) => [service, address, problem ?? 'serving']),
    ),
    '',
    ...table(
      ['STREAM', 'MESSAGES', 'MIB', 'OF', 'OLDEST'],
      streams.map((one) => [one.name, String(one.messages), mib(one.bytes), mib(one.max_bytes), one.oldest ?? '']),
    ),
    '',
    ...table(
      ['READER', 'OF', 'NOT DELIVERED', 'IN HAND', 'AGAIN'],
      readers.map((one) => [one.name, one.stream, String(one.pending), String(one.in_hand), String(one.redelivered)]),
    ),
    '',
    ...table(
      ['POSTGRES', ''],
      Object.entries(rows).map(([name, value]) => [name.replaceAll('_', ' '), String(value)]),
    ),
    '',
    ...(found.length === 0 ? ['Nothing to look at.'] : ['To look at:', ...found.map((one) => `  ${one}`)]),
  ];
}

function mib(bytes: number): string {
  return bytes < 0 ? 'no limit' : (bytes / 1024 ** 2).toFixed(1);
}
