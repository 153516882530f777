import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from '../process/run.ts';
import { StartError } from '../start-error.ts';
import { fetchDebianPackage } from './debian.ts';
import { fetchRelease } from './release.ts';
import { isNewEnough, OLDEST_NATS, parseNatsVersion, type Version } from './version.ts';

export type NatsBinary = { path: string; version: string };

/** What may be set from outside: `NATS_SERVER_BIN`, `PATH`, `BATON_CACHE_DIR`, `XDG_CACHE_HOME`. */
export type NatsSources = { NATS_SERVER_BIN?: string; PATH?: string; BATON_CACHE_DIR?: string; XDG_CACHE_HOME?: string };

const OLDEST = OLDEST_NATS.join('.');

/** Where fetched servers are kept between runs and between projects. */
export function cacheDir(env: NatsSources): string {
  return env.BATON_CACHE_DIR || path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'baton');
}

/**
 * Finds a nats-server that is new enough, or fetches one: `NATS_SERVER_BIN`, PATH, the cache, the official release, the machine's package mirror.
 *
 * @throws StartError when `NATS_SERVER_BIN` names something else, and when nothing could be found
 */
export async function findNatsServer(env: NatsSources, say: (line: string) => void = () => undefined): Promise<NatsBinary> {
  if (env.NATS_SERVER_BIN) return named(env.NATS_SERVER_BIN);
  const cache = cacheDir(env);
  for (const candidate of [...onPath(env.PATH ?? ''), ...inCache(cache)]) {
    const version = await versionOf(candidate);
    if (version && isNewEnough(version)) return { path: candidate, version: version.join('.') };
    if (version) say(`${candidate} is nats-server ${version.join('.')}, older than ${OLDEST}; looking for a newer one`);
  }
  return fetchOne(cache, say);
}

async function named(file: string): Promise<NatsBinary> {
  const version = await versionOf(file);
  if (!version)
    throw new StartError(
      `NATS_SERVER_BIN is ${file}, which does not answer \`--version\` as nats-server does; set it to a nats-server ${OLDEST} or newer, or unset it.`,
    );
  if (!isNewEnough(version)) {
    throw new StartError(
      `NATS_SERVER_BIN is nats-server ${version.join('.')}, and Baton needs ${OLDEST} or newer (older ones acknowledge a message before it is on disk); set it to a newer one, or unset it.`,
    );
  }
  return { path: file, version: version.join('.') };
}

async function fetchOne(cache: string, say: (line: string) => void): Promise<NatsBinary> {
  const failures: string[] = [];
  const sources = [
    { name: 'the official release', fetch: fetchRelease },
    { name: "this machine's package mirror", fetch: fetchDebianPackage },
  ];
  for (const source of sources) {
    say(`fetching nats-server from ${source.name} …`);
    try {
      const file = await source.fetch(cache);
      const version = await versionOf(file);
      if (version && isNewEnough(version)) return { path: file, version: version.join('.') };
      failures.push(`${source.name}: ${version ? `only ${version.join('.')}` : 'it does not run here'}`);
    } catch (error) {
      failures.push(`${source.name}: ${(error as Error).message}`);
    }
    say(`that did not work (${failures.at(-1)})`);
  }
  throw new StartError(
    `No nats-server ${OLDEST} or newer could be found or fetched (${failures.join('; ')}); install one from https://nats.io/download and name it in NATS_SERVER_BIN.`,
  );
}

function onPath(searched: string): string[] {
  const files = searched
    .split(path.delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => path.join(dir, 'nats-server'));
  // Debian puts it into /usr/sbin, which is on root's PATH only.
  return [...new Set([...files, '/usr/sbin/nats-server', '/usr/local/sbin/nats-server'])].filter((file) => existsSync(file));
}

function inCache(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const names = readdirSync(dir).filter((name) => /^nats-server-\d+\.\d+\.\d+$/.test(name));
  return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).map((name) => path.join(dir, name));
}

async function versionOf(file: string): Promise<Version | undefined> {
  try {
    return parseNatsVersion(await run(file, ['--version'], { timeoutMs: 10_000 }));
  } catch {
    return undefined;
  }
}
