import { readFileSync } from 'node:fs';
import path from 'node:path';
import { output, ran, root } from './command.ts';
import { structureProblems } from './structure.ts';

const SOURCE = /^(services|packages|tests|scripts)\/.*\.(ts|mjs|tsx)$/;

/** Checks every source file that git knows or would take. */
export function structureIsSound(): boolean {
  const listed = output('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate']) ?? '';
  const deleted = new Set((output('git', ['ls-files', '--deleted']) ?? '').split('\n'));
  const files = listed.split('\n').filter((file) => SOURCE.test(file) && !deleted.has(file));
  const problems = structureProblems(files.map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') })));
  for (const problem of problems) console.error(problem);
  return problems.length === 0;
}

/** Length of functions and number of parameters; Biome measures them, with a configuration of its own since tests are exempt. */
export function functionsAreShort(): boolean {
  return ran('biome', ['lint', '--config-path=scripts/size.biome.json', '--diagnostic-level=error', 'services', 'packages', 'scripts']);
}
