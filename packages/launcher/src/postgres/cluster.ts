import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signal } from '../process/identity.ts';
import { waitUntil } from '../process/port.ts';
import { run } from '../process/run.ts';
import { StartError } from '../start-error.ts';
import type { PostgresPlace } from './place.ts';

/** Makes the cluster when there is none yet. */
export async function initialise(place: PostgresPlace, superPassword: string, sync: boolean): Promise<void> {
  if (existsSync(path.join(place.dir, 'PG_VERSION'))) return;
  // initdb refuses a directory with anything in it, so what an interrupted first start left behind goes first.
  for (const name of readdirSync(place.dir)) rmSync(path.join(place.dir, name), { recursive: true, force: true });
  const secret = mkdtempSync(path.join(tmpdir(), 'baton-'));
  const file = path.join(secret, 'password');
  writeFileSync(file, `${superPassword}\n`, { mode: 0o600 });
  if (place.user) for (const owned of [secret, file]) chownSync(owned, place.user.uid, place.user.gid);
  const args = [
    '-D',
    place.dir,
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${file}`,
    '-E',
    'UTF8',
    ...localeFlags(),
    ...(sync ? [] : ['--no-sync']),
  ];
  try {
    await run(place.bin.initdb, args, {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_MESSAGES: 'C' },
      ...(place.user ? { user: place.user } : {}),
    });
  } finally {
    rmSync(secret, { recursive: true, force: true });
  }
}

// Order by code point, the same on every machine and after every upgrade of the C library. The character type however must be a UTF-8 one:
// with `C`, pg_trgm found no trigram in «Привет» and search by substring missed every script but Latin.
function localeFlags(): string[] {
  const known = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  return ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--lc-collate=C', `--lc-ctype=${known}`, '--lc-messages=C'];
}

/**
 * Deals with `postmaster.pid` of a run that ended without stopping: a postmaster that still lives on this very directory is stopped, and a
 * file whose number now belongs to some other process is removed, since Postgres would take that process for its predecessor.
 */
export async function clearStalePid(dir: string): Promise<void> {
  const file = path.join(dir, 'postmaster.pid');
  const pid = pidIn(file);
  if (pid === undefined) return;
  if (!servesDir(pid, dir)) {
    rmSync(file, { force: true });
    return;
  }
  signal(pid, 'SIGINT');
  if (await waitUntil(async () => !servesDir(pid, dir), 20_000)) return;
  throw new StartError(`A Postgres left over from an earlier run (process ${pid}) does not stop; end it and start again.`);
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function servesDir(pid: number, dir: string): boolean {
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes('postgres') && command.includes(dir);
  } catch {
    return false;
  }
}
