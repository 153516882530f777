import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

const bin = path.join(root, 'node_modules/.bin');

// Tools of node_modules start with `#!/usr/bin/env node`; the Node that runs this file is to run them as well.
export const toolEnv: NodeJS.ProcessEnv = {
  ...process.env,
  // A linter has no business with the network; redocly.yaml turns off the rest of it.
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  PATH: [bin, path.dirname(process.execPath), process.env['PATH'] ?? ''].join(path.delimiter),
};

/** Runs a command at the root of the checkout with its output in sight, and says whether it succeeded. */
export function ran(command: string, args: readonly string[], cwd = root): boolean {
  const { status, error } = spawnSync(command, args, { cwd, env: toolEnv, stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

/** What a command prints, or undefined when it fails. */
export function output(
  command: string,
  args: readonly string[],
  cwd = root,
  complaints: 'ignore' | 'inherit' = 'ignore',
): string | undefined {
  const { status, stdout } = spawnSync(command, args, { cwd, env: toolEnv, encoding: 'utf8', stdio: ['ignore', 'pipe', complaints] });
  return status === 0 ? stdout : undefined;
}

/** Runs named steps to the end, all of them, and returns the names of those that failed. */
export async function steps(list: readonly [name: string, step: () => boolean | Promise<boolean>][]): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, step] of list) {
    const started = performance.now();
    const good = await step();
    console.log(`${good ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    if (!good) failed.push(name);
  }
  return failed;
}
