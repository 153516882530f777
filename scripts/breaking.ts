import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { output, ran, root } from './command.ts';

/**
 * Compares the wire contract with the one before: of the latest release, or, as long as there is none, of the commit before this one.
 */
export function keepsContract(): boolean {
  const base = baseline();
  if (base === undefined) {
    console.log('buf breaking: there is no earlier contract to compare with (no release, no earlier commit with proto/); skipped');
    return true;
  }
  const work = mkdtempSync(path.join(tmpdir(), 'baton-proto-'));
  try {
    execFileSync('sh', ['-c', 'git archive "$1" proto | tar -x -C "$2"', 'sh', base, work], { cwd: root, stdio: 'inherit' });
    console.log(`buf breaking: compared with ${base}`);
    // A directory and not git's ref: with a ref buf walks the whole checkout, and falls over proto files inside node_modules.
    return ran('buf', ['breaking', '--against', path.join(work, 'proto')], path.join(root, 'proto'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function baseline(): string | undefined {
  const release = output('git', ['describe', '--tags', '--abbrev=0', '--match', 'v*'])?.trim();
  const changed = output('git', ['status', '--porcelain', '--', 'proto'])?.trim();
  for (const candidate of [release, changed ? 'HEAD' : undefined, 'HEAD~1']) {
    if (candidate && output('git', ['cat-file', '-e', `${candidate}:proto/buf.yaml`]) !== undefined) return candidate;
  }
  return undefined;
}
