import { RepairServiceClient } from '@baton/contracts/gen/baton/operations/v1/repair.ts';
import { createClient } from '@baton/rpc/client.ts';
import { Command } from 'commander';
import { type Context, commandFor, examples, placeFor } from '../command.ts';
import type { PlaceOptions } from '../place.ts';
import { moment } from '../values.ts';

const needs = ['conversation_state', 'service_token'] as const;
const longestMs = 24 * 3_600_000;

interface Chosen extends PlaceOptions {
  since?: Date;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

export function eventsCommand(context: Context): Command {
  return new Command('events')
    .summary('the stream EVENTS: rebuild')
    .description('The stream EVENTS, a copy of what Postgres holds.')
    .addCommand(rebuild(context));
}

function rebuild(context: Context): Command {
  const command = commandFor('rebuild', needs)
    .summary('publish again what EVENTS has lost')
    .description(
      'Publishes into EVENTS what Postgres has logged and EVENTS does not hold, in order, each marked `Baton-Again`.\n' +
        'A stream that was deleted is made anew and filled whole; that happens by itself too, within 30 s. Webhook endpoints are given what they had not been given; ' +
        'nobody is told anything twice. It can be repeated and interrupted at any time.',
    )
    .option('--since <time>', 'events from then on: a time, or how long ago (default: the seven days that EVENTS keeps)', moment)
    .option('--dry-run', 'say how many are missing, and do nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'the result as one JSON object');
  examples(
    command,
    ['npx baton events rebuild --dry-run', 'how many events are missing'],
    ['npx baton events rebuild --since 2h --yes', 'fill in the last two hours'],
  );
  return command.action(async (options: Chosen) => {
    using repair = createClient(RepairServiceClient, at(context, options));
    if (!options.dryRun) await context.terminal.confirm('Publish again what EVENTS has lost?', options.yes);
    let result = { events: 0, left: 0, streamWasLost: false };
    const asked = { since: options.since, dryRun: options.dryRun ?? false };
    for await (const part of repair.rebuildEvents(asked, { timeoutMs: longestMs, signal: context.signal })) {
      result = { ...part, streamWasLost: part.streamWasLost || result.streamWasLost };
      context.terminal.progress(`missing so far: ${part.events}, not published yet: ${part.left}`);
    }
    context.signal.throwIfAborted();
    const { events, streamWasLost } = result;
    const published = options.dryRun ? 0 : events;
    if (options.json) context.terminal.out(JSON.stringify({ missing: events, published, stream_was_lost: streamWasLost }));
    else {
      if (streamWasLost) context.terminal.out('EVENTS had been lost; it was made anew, and holds again what Postgres has logged.');
      context.terminal.out(
        options.dryRun ? `${events} events are missing in EVENTS.` : `${published} missing events were published again.`,
      );
    }
  });
}

function at(context: Context, options: Chosen) {
  const { conversation_state: address, service_token: token } = placeFor(context, needs, options);
  return { address, token };
}
