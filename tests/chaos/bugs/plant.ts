import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bug, Change } from './list.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/**
 * A copy of the code that runs, with one bug in it. Packages link to each other by relative paths, so in the copy they find the copies; what comes from the
 * registry is shared.
 *
 * @throws Error when the text to be replaced does not stand exactly once: the code has moved on, and the bug must follow
 */
export function plant(bug: Bug): Disposable & { root: string } {
  const texts = bug.changes.map((change) => [change.file, changed(bug.name, change)] as const);
  const copy = mkdtempSync(path.join(tmpdir(), 'baton-bug-'));
  for (const folder of ['services', 'packages'])
    cpSync(path.join(root, folder), path.join(copy, folder), { recursive: true, verbatimSymlinks: true });
  for (const file of ['docs', 'package.json']) cpSync(path.join(root, file), path.join(copy, file), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  for (const [file, text] of texts) writeFileSync(path.join(copy, file), text);
  return { root: copy, [Symbol.dispose]: () => rmSync(copy, { recursive: true, force: true }) };
}

function changed(name: string, { file, find, replace }: Change): string {
  const parts = readFileSync(path.join(root, file), 'utf8').split(find);
  if (parts.length !== 2) throw new Error(`"${name}": the text to replace stands ${parts.length - 1} times in ${file}.`);
  return parts.join(replace);
}
