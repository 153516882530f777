import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Lines with these words in the logs of all processes of a stack, those that have died included. */
export function linesWith(logsDir: string, words: string): string[] {
  const lines = readdirSync(logsDir).flatMap((name) => readFileSync(path.join(logsDir, name), 'utf8').split('\n'));
  return lines.filter((line) => line.includes(words));
}
