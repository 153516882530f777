import path from 'node:path';
import { CommanderError } from 'commander';
import { exitCodes, outcomeOf } from './exit.ts';
import { program } from './program.ts';
import { openTerminal } from './terminal.ts';

const terminal = openTerminal();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // Asked twice, it ends at once.
    if (interrupted.signal.aborted) process.exit(exitCodes.interrupted);
    interrupted.abort();
  });
// `baton dead list | head` closes the pipe: whoever reads no more has what he wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? exitCodes.fine : exitCodes.failed));

let code: number = exitCodes.fine;
try {
  const baton = program({
    terminal,
    env: process.env,
    root: path.resolve(import.meta.dirname, '../../..'),
    signal: interrupted.signal,
    ended: (ended) => {
      code = ended;
    },
  });
  await baton.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) code = error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  else {
    const outcome = interrupted.signal.aborted ? { code: exitCodes.interrupted, say: 'Interrupted.' } : outcomeOf(error);
    terminal.say(outcome.say);
    code = outcome.code;
  }
}
process.exitCode = code;
