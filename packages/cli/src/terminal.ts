import { createInterface } from 'node:readline/promises';
import { UsageError } from './exit.ts';

/** What a command writes to and asks: results on stdout, everything about the work itself on stderr. */
export interface Terminal {
  out(line: string): void;
  say(line: string): void;
  /** What is going on: one line that changes where somebody watches, nothing else where nobody does. */
  progress(line: string): void;
  /** Resolves when the person has said yes. */
  confirm(question: string, yes: boolean | undefined): Promise<void>;
}

export function openTerminal(): Terminal {
  const watched = process.stderr.isTTY === true;
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\x1b[K');
    shown = false;
  };
  return {
    out: (line) => {
      clear();
      process.stdout.write(`${line}\n`);
    },
    say: (line) => {
      clear();
      process.stderr.write(`baton: ${line}\n`);
    },
    progress: (line) => {
      if (!watched) return;
      process.stderr.write(`\r\x1b[K${line}`);
      shown = true;
    },
    confirm: async (question, yes) => {
      clear();
      if (yes) return;
      if (!process.stdin.isTTY) throw new UsageError(`${question} Nobody is there to ask: say --yes.`);
      const asking = createInterface({ input: process.stdin, output: process.stderr });
      const answer = await asking.question(`${question} [y/N] `).finally(() => asking.close());
      if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Nothing was done.');
    },
  };
}

/** Columns as wide as their widest cell; the last one as long as it likes. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
