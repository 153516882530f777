import { Command, type Help } from 'commander';
import { type Place, type PlaceOptions, placeOf } from './place.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface Context {
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
  root: string;
  /** Ends with Ctrl-C. */
  signal: AbortSignal;
  /** Tells how the command ended; 0 unless told. */
  ended(code: number): void;
}

const placeHelp = {
  conversation_state: ['--conversation-state <host:port>', 'gRPC of conversation-state, several with commas'],
  dispatcher: ['--dispatcher <host:port>', 'gRPC of the dispatcher, several with commas'],
  nats: ['--nats <url>', 'NATS'],
  postgres: ['--postgres <url>', 'Postgres, as a role that row-level security hides nothing from; it is only read'],
} as const;

/** A command with the options that say where what it needs is. */
export function commandFor(name: string, needs: readonly (keyof Place)[]): Command {
  const command = new Command(name).option('--data-dir <dir>', 'of a running `npm start` (default: .baton)');
  for (const part of needs) {
    if (part === 'service_token') continue;
    const [flags, what] = placeHelp[part];
    command.option(flags, what);
  }
  return command;
}

/** Where it all is, for the command that is being run. */
export function placeFor<K extends keyof Place>(context: Context, needs: readonly K[], options: PlaceOptions): Pick<Place, K> {
  return placeOf(needs, { options, env: context.env, root: context.root });
}

/** What a command's help ends with. */
export function examples(command: Command, ...lines: readonly (readonly [line: string, what: string])[]): Command {
  const width = Math.max(...lines.map(([line]) => line.length));
  return command.addHelpText('after', `\nExamples:\n${lines.map(([line, what]) => `  ${line.padEnd(width)}  # ${what}`).join('\n')}`);
}

/** Lines of help no wider than a terminal usually is. */
export const helpStyle: Partial<Help> = { helpWidth: 110 };
