import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM_VARIABLE, loadTestkitConfig } from '../config.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** A headless Chromium. Installing one, where none is there, takes longer than a hook may: give it {@link browserTimeoutMs}. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    // Its own sandbox needs a user namespace, which root in a container has not; what it opens are our own pages.
    args: [...(isRoot() ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'],
  });
}

export const browserTimeoutMs = 600_000;

/**
 * The browser of this machine: the one that the environment names, else one on the PATH, else, as root on Debian and its like, the one that is installed now.
 *
 * @throws one sentence that says what to do
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const { chromium: named } = loadTestkitConfig(env);
  if (named !== undefined) {
    if (isExecutable(named)) return named;
    throw new Error(`${CHROMIUM_VARIABLE} names ${named}, which is no program.`);
  }
  const found = onPath(env) ?? (install() ? onPath(env) : undefined);
  if (found !== undefined) return found;
  throw new Error(`Tests in a browser need Chromium: install it (Debian: apt-get install chromium) or name it in ${CHROMIUM_VARIABLE}.`);
}

function onPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether that succeeded; two test files may want it at once, so each waits for the lock of the package manager. */
function install(): boolean {
  if (!isRoot()) return false;
  const wait = '-oDPkg::Lock::Timeout=300';
  const apt = (...args: string[]) =>
    spawnSync('apt-get', [wait, ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' }).status === 0;
  return apt('update') && apt('install', '--yes', '--no-install-recommends', 'chromium');
}
