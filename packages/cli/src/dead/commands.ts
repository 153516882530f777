import { Command, Option } from 'commander';
import { type Context, commandFor, examples, placeFor } from '../command.ts';
import { exitCodes, outcomeOf, Unreachable, UsageError } from '../exit.ts';
import type { PlaceOptions } from '../place.ts';
import { table } from '../terminal.ts';
import { count } from '../values.ts';
import { type Kind, kinds, type Letter } from './letter.ts';
import { type Filter, letterWith, Office } from './office.ts';

const needs = ['conversation_state', 'dispatcher', 'service_token'] as const;

interface Chosen extends PlaceOptions {
  workspace?: string;
  kind?: Kind;
  all?: boolean;
  json?: boolean;
  limit?: number;
  showText?: boolean;
  yes?: boolean;
}

export function deadCommand(context: Context): Command {
  return new Command('dead')
    .summary('what Baton gave up on: list, show, retry, drop')
    .description(
      'Dead letters: what could not be handled and was put aside so that it holds up nobody.\n\n' +
        '  inbound   a message or receipt of a provider that conversation-state could not take\n' +
        '  signal    work that the dispatcher could not do (a turn, a send, an erasure)\n' +
        '  delivery  an event that a webhook endpoint did not take in 21 hours of tries',
    )
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(dealCommand(context, 'retry'))
    .addCommand(dealCommand(context, 'drop'));
}

function filtered(command: Command): Command {
  return command
    .option('--workspace <id>', 'only of this workspace')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(kinds));
}

function filterOf(options: Chosen, all: boolean): Filter {
  return { kinds: options.kind ? [options.kind] : kinds, workspaceId: options.workspace, all };
}

function listCommand(context: Context): Command {
  const command = filtered(commandFor('list', needs))
    .summary('list them, newest first by kind')
    .description('Lists what stands open, newest first by kind. Never shows what a customer wrote.')
    .option('--all', 'also what was retried or dropped')
    .option('--limit <n>', 'at most so many of each kind', count, 100)
    .option('--json', 'one JSON object a line');
  examples(
    command,
    ['npx baton dead list', 'everything that stands open'],
    ['npx baton dead list --kind delivery --workspace acc_…', 'one tenant’s webhooks'],
    ['npx baton dead list --json | jq -r .id', 'for a script'],
  );
  return command.action(async (options: Chosen) => {
    using office = new Office(placeFor(context, needs, options));
    const filter = filterOf(options, options.all ?? false);
    const rows: Letter[] = [];
    for (const kind of filter.kinds) {
      let seen = 0;
      for await (const letter of office.list({ ...filter, kinds: [kind] })) {
        context.signal.throwIfAborted();
        if (seen++ === options.limit) {
          context.terminal.say(`there are more than ${options.limit} of kind ${kind}; see --limit`);
          break;
        }
        if (options.json) context.terminal.out(JSON.stringify(letter));
        else rows.push(letter);
      }
    }
    if (!options.json) showList(context, rows);
  });
}

function showList({ terminal }: Context, rows: readonly Letter[]): void {
  if (rows.length === 0) {
    terminal.say('no dead letters');
    return;
  }
  const head = ['ID', 'KIND', 'STATE', 'WORKSPACE', 'SINCE', 'TRIES', 'ABOUT', 'ERROR'];
  const cells = rows.map((one) => [
    ...[one.id, one.kind, one.state, one.workspace_id, one.created_at.slice(0, 19)],
    ...[String(one.attempts), one.about.slice(0, 60), one.error.slice(0, 100)],
  ]);
  for (const line of table(head, cells)) terminal.out(line);
}

function showCommand(context: Context): Command {
  const command = commandFor('show', needs)
    .summary('show one, with its tries')
    .description('Shows one dead letter with its tries.')
    .argument('<id>', 'dlt_… or whd_…')
    .option('--show-text', 'also what was received or was to be delivered: it may hold what a customer wrote')
    .option('--json', 'as one JSON object');
  examples(command, ['npx baton dead show dlt_…', 'why it was given up'], ['npx baton dead show dlt_… --show-text', 'with its content']);
  return command.action(async (id: string, options: Chosen) => {
    using office = new Office(placeFor(context, needs, options));
    const whole = await office.whole(await letterWith(office, id), options.showText ?? false);
    if (options.json) {
      context.terminal.out(JSON.stringify(whole));
      return;
    }
    const { text, tries, ...letter } = whole;
    for (const line of table(
      ['', ''],
      Object.entries(letter).map(([name, value]) => [name, String(value ?? '')]),
    ).slice(1))
      context.terminal.out(line);
    for (const one of tries)
      context.terminal.out(
        `try ${one.number}  ${one.started_at}  ${one.duration_ms} ms  ${one.status ?? one.error ?? ''}  ${one.answer ?? ''}`.trimEnd(),
      );
    context.terminal.out(text === null ? 'text          not shown; see --show-text' : `text\n${text}`);
  });
}

const deeds = {
  retry: {
    summary: 'put them back on their way',
    description:
      'Puts dead letters back on their way. What has had its effect meanwhile has none again: messages are known by the provider’s id, turns and sends by their own.',
    done: 'retried',
  },
  drop: {
    summary: 'give them up for good',
    description: 'Gives dead letters up: they stay on record as dropped, and nobody tries them again by himself.',
    done: 'dropped',
  },
} as const;

function dealCommand(context: Context, deed: keyof typeof deeds): Command {
  const { summary, description, done } = deeds[deed];
  const command = filtered(commandFor(deed, needs))
    .summary(summary)
    .description(description)
    .argument('[ids...]', 'dlt_… or whd_…')
    .option('--all', 'all that stand open, of the workspace and kind given')
    .option('--json', 'one JSON object a line');
  if (deed === 'drop') command.option('--yes', 'do not ask');
  examples(
    command,
    [`npx baton dead ${deed} dlt_… whd_…`, 'these two'],
    [`npx baton dead ${deed} --all --kind delivery --workspace acc_…`, 'what one tenant’s endpoint missed'],
  );
  return command.action(async (ids: string[], options: Chosen) => {
    if ((ids.length === 0) === !options.all) throw new UsageError('Name dead letters by their ids, or say --all.');
    using office = new Office(placeFor(context, needs, options));
    const letters: Letter[] = [];
    if (options.all) for await (const letter of office.list(filterOf(options, false))) letters.push(letter);
    for (const id of ids) letters.push(await letterWith(office, id));
    if (deed === 'drop' && letters.length > 0)
      await context.terminal.confirm(`Drop ${letters.length} dead letter${letters.length === 1 ? '' : 's'}?`, options.yes);
    let failed = 0;
    for (const letter of letters) {
      context.signal.throwIfAborted();
      const problem = await office[deed](letter).then(
        () => undefined,
        (error: unknown) => outcomeOf(error),
      );
      if (problem?.code === exitCodes.unreachable)
        throw new Unreachable(`${problem.say} ${letters.indexOf(letter)} of ${letters.length} were ${done}.`);
      if (problem) failed += 1;
      const said = problem ? `not ${done}: ${problem.say}` : done;
      context.terminal.out(
        options.json ? JSON.stringify({ id: letter.id, [done]: !problem, error: problem?.say ?? null }) : `${letter.id}  ${said}`,
      );
    }
    if (letters.length === 0) context.terminal.say('no dead letters');
    if (failed > 0) context.ended(exitCodes.failed);
  });
}
