import type { Verdict } from '@baton/verify/verdicts.ts';
import { verify } from '@baton/verify/verify.ts';
import type { Command } from 'commander';
import { type Context, commandFor, examples, placeFor } from '../command.ts';
import { exitCodes } from '../exit.ts';
import type { Place, PlaceOptions } from '../place.ts';
import { table } from '../terminal.ts';
import { count, duration, moment } from '../values.ts';
import { openNats, openPostgres } from './servers.ts';

const needs = ['postgres', 'nats'] as const;

interface Chosen extends PlaceOptions {
  workspace?: string;
  since: Date;
  grace: number;
  atOnce: number;
  show: number;
  json?: boolean;
}

export function verifyCommand(context: Context): Command {
  const command = commandFor('verify', needs)
    .summary('hold a running installation against Baton’s invariants; reads only')
    .description(
      'Holds a running installation against the invariants that Postgres and NATS can tell of, the same that the chaos tests are judged by.\n' +
        'It only reads: on one connection, in read-only transactions of at most 10 s, in slices, resting as long as each took. It asks none of the services.\n' +
        'Prints ids and counts, never a text, a number or a name.',
    )
    .option('--workspace <id>', 'only this workspace')
    .option('--since <time>', 'what has moved since: a time, or how long ago', moment, new Date(Date.now() - 6 * 86_400_000))
    .option('--grace <time>', 'how long work may take before it counts as left undone', duration, 900_000)
    .option('--at-once <n>', 'conversations that one statement looks at', count, 250)
    .option('--show <n>', 'violations of each invariant that are told one by one', count, 5)
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExit codes: 0 none broken, 1 violations, 2 usage, 3 cannot reach Postgres or NATS, 130 interrupted.');
  examples(
    command,
    ['npx baton verify', 'the last six days of everything'],
    ['npx baton verify --workspace acc_… --since 2h --json', 'one tenant, for a script'],
  );
  return command.action(async (options: Chosen) => {
    const verdicts = await verdictsOn(context, placeFor(context, needs, options), options);
    const broken = verdicts.reduce((sum, { violations }) => sum + violations, 0);
    if (options.json) context.terminal.out(JSON.stringify({ violations: broken, invariants: verdicts }));
    else show(context, verdicts, broken);
    if (broken > 0) context.ended(exitCodes.violations);
  });
}

async function verdictsOn({ terminal, signal }: Context, place: Pick<Place, (typeof needs)[number]>, options: Chosen): Promise<Verdict[]> {
  await using reader = await openPostgres(place.postgres);
  const connection = await openNats(place.nats);
  try {
    return await verify({
      query: reader.query,
      connection,
      workspaceId: options.workspace ?? null,
      since: options.since,
      settledBefore: new Date(Date.now() - options.grace),
      atOnce: options.atOnce,
      kept: options.show,
      signal,
      progress: terminal.progress,
    });
  } finally {
    await connection.close();
  }
}

function show({ terminal }: Context, verdicts: readonly Verdict[], broken: number): void {
  const rows = verdicts.map(({ invariant, checked, violations, promise }) => {
    const verdict = violations > 0 ? 'BROKEN' : checked > 0 ? 'holds' : 'not seen';
    return [verdict, invariant, String(checked), String(violations), promise];
  });
  for (const line of table(['', 'INVARIANT', 'CHECKED', 'VIOLATIONS', 'PROMISE'], rows)) terminal.out(line);
  for (const { invariant, violations, first } of verdicts) {
    if (violations === 0) continue;
    terminal.out(`\n${invariant}: ${violations}${violations > first.length ? `, the first ${first.length}` : ''}`);
    for (const one of first) terminal.out(`  ${one.id}  ${one.conversation_id ?? ''}  ${one.detail}`);
  }
  terminal.out(broken === 0 ? '\nNo invariant is broken.' : `\n${broken} violations.`);
}
