import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { home } from './place.ts';

const dist = path.join(home, 'dist');
const sdk = path.resolve(home, '../sdk/src');
/** The server's own rules that the console reckons with as well. */
const rules = path.resolve(home, '../channels/src');
const kept = 3;

/**
 * Builds the console unless that was done for these very sources, and answers the folder that the gateway serves (`BATON_CONSOLE_DIR`). Each build has a folder
 * of its own, named by what it was made from, so that two that run at once cannot mix and a running gateway keeps the files it has told browsers of.
 */
export async function buildConsole(say: (line: string) => void = () => undefined): Promise<string> {
  const out = path.join(dist, sourcesHash());
  if (existsSync(out)) return out;
  const started = performance.now();
  say('building the console (once after each change of its sources) …');
  const made = `${out}.${process.pid}`;
  // Loaded here alone: whoever finds a build has no need of it.
  const [{ build }, { viteConfig }] = await Promise.all([import('vite'), import('./vite.ts')]);
  await inProduction(() => build(viteConfig(made)));
  await Promise.all(filesIn(made).map(compress));
  try {
    renameSync(made, out);
  } catch {
    // Another process was faster with the same sources.
    rmSync(made, { recursive: true, force: true });
  }
  dropOldBuilds(out);
  say(`built the console in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return out;
}

/** A test runner says `test` here, and React would come with all that it tells developers: other scripts than those that are shipped, and a third larger. */
async function inProduction(work: () => Promise<unknown>): Promise<void> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const sources = [
    ...[path.join(home, 'src'), path.join(home, 'build'), sdk, rules].flatMap(filesIn),
    ...['index.html', 'package.json', '../../pnpm-lock.yaml'].map((name) => path.resolve(home, name)),
  ];
  for (const file of sources.sort()) hash.update(`\0${path.relative(home, file)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Beside the file: the gateway sends what a browser takes, and compresses nothing itself. */
async function compress(file: string): Promise<void> {
  const bytes = readFileSync(file);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(`${file}.br`, await promisify(brotliCompress)(bytes, quality));
  writeFileSync(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}

function dropOldBuilds(present: string): void {
  const builds = readdirSync(dist).map((name) => path.join(dist, name));
  const old = builds.filter((one) => one !== present).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const one of old.slice(kept)) rmSync(one, { recursive: true, force: true });
}
