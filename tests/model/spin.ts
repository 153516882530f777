import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const model = 'takeover.pml';

/** What spin found. */
export interface Verdict {
  violated: boolean;
  states: number;
  /** Which facts of the model were broken, as the judge in it prints them. */
  broken: string;
}

/** Spin and a C compiler, brought here from Debian's packages where they are missing and may be; otherwise a sentence that says what to do. */
export function bringSpin(say: (line: string) => void): string | undefined {
  const missing = () => ['spin', 'gcc'].filter((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined);
  const before = missing();
  if (before.length === 0) return undefined;
  const command = `apt-get install -y ${before.join(' ')}`;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0) {
    say(`installing ${before.join(' and ')} …`);
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    const packages = ['install', '-y', '--no-install-recommends', ...before, ...(before.includes('gcc') ? ['libc6-dev'] : [])];
    if (apt(...packages).status !== 0) {
      apt('update');
      apt(...packages);
    }
  }
  const still = missing();
  if (still.length === 0) return undefined;
  return `The model checker needs ${still.join(' and ')}: on Debian or Ubuntu "sudo ${command}", on macOS "brew install spin", elsewhere see https://spinroot.com.`;
}

/** Looks at every reachable state of the model under these definitions. Throws when it could not look at all of them. */
export async function check(definitions: readonly string[]): Promise<Verdict> {
  const work = mkdtempSync(path.join(tmpdir(), 'baton-model-'));
  try {
    // Spin looks for the trail beside the model.
    copyFileSync(path.join(import.meta.dirname, model), path.join(work, model));
    const flags = definitions.map((one) => `-D${one}`);
    await run('spin', [...flags, '-a', model], { cwd: work });
    await run('gcc', ['-O1', '-w', '-DSAFETY', '-DCOLLAPSE', '-DVECTORSZ=2048', '-DMEMLIM=8000', '-o', 'pan', 'pan.c'], { cwd: work });
    // -E: a process that waits for ever is no fault; what may not be left lying is asserted in the model.
    const { stdout } = await run(path.join(work, 'pan'), ['-E', '-m20000', '-w24'], { cwd: work, maxBuffer: 1 << 24 });
    const errors = /errors: (\d+)/.exec(stdout)?.[1];
    if (errors === undefined || /max search depth too small|reached -DMEMLIM|hash table is full/.test(stdout))
      throw new Error(`The search was not complete:\n${stdout.slice(-2000)}`);
    const states = Math.round(Number(/([\d.e+]+) states, stored/.exec(stdout)?.[1]));
    if (errors === '0') return { violated: false, states, broken: '' };
    const replay = await run('spin', [...flags, '-t', model], { cwd: work, maxBuffer: 1 << 24 }).catch(
      (error: { stdout: string }) => error,
    );
    return { violated: true, states, broken: brokenFacts(replay.stdout) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function brokenFacts(replay: string): string {
  const facts = [...replay.matchAll(/(\w+) (\d+)(?: (\d+))?/g)].filter(([, name, value, second]) =>
    name === 'delivered'
      ? Number(value) > 1 || Number(second) > 1
      : value === '1' && second === undefined && /^[a-z]+[A-Z]\w*$|^late$/.test(name!),
  );
  const names = facts.map(([, name]) => (name === 'delivered' ? 'deliveredTwice' : name!));
  return names.length > 0 ? names.join(' ') : 'something was left lying when nothing moved any more';
}
