#!/usr/bin/env node
// The one door of `npm start`, `npm test` and the other commands. It must run on the Node that happens to be there (20 or newer), with
// nothing installed; it brings pnpm, the packages and Node 24, and then hands over.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const OLDEST_NODE = 20;
const OLDEST_RUNTIME = [24, 11, 0];

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const runtime = path.join(root, 'node_modules/node/bin/node');
const stamp = path.join(root, 'node_modules/.baton-install');

/** What each task runs, in order, under Node 24. The arguments after `npm run <task> --` go to the last step. */
export const tasks = {
  start: [['packages/launcher/src/main.ts', 'start']],
  reset: [['packages/launcher/src/main.ts', 'reset']],
  baton: [['packages/cli/src/main.ts']],
  test: [['node_modules/vitest/vitest.mjs', 'run']],
  bench: [['tests/bench/main.ts']],
  model: [['tests/model/main.ts']],
  chaos: [['tests/chaos/main.ts']],
  lint: [['scripts/lint.ts']],
  types: [
    ['node_modules/typescript/bin/tsc', '-p', 'packages/sdk', '--noEmit'],
    ['node_modules/typescript/bin/tsc', '-p', 'packages/console', '--noEmit'],
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'],
  ],
  format: [['node_modules/@biomejs/biome/bin/biome', 'check', '--write', '.']],
  generate: [['scripts/generate.ts']],
  // The examples in docs/openapi.json, from a running product, and what is made from them.
  examples: [
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'tests/e2e/examples.test.ts', '--update'],
    ['scripts/generate.ts'],
  ],
  screenshots: [['tests/screenshots.ts']],
  ci: [['scripts/ci.ts']],
};

/** `v24.21.0` → `[24, 21, 0]`; anything else → undefined. */
export function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
  return match ? match.slice(1, 4).map(Number) : undefined;
}

/** Whether version `a` is `b` or newer. */
export function atLeast(a, b) {
  for (let i = 0; i < b.length; i += 1) {
    if (a[i] !== b[i]) return (a[i] ?? 0) > b[i];
  }
  return true;
}

/** One sentence when this Node cannot run the project, else undefined. */
export function refuseNode(version) {
  const parsed = parseVersion(version);
  if (parsed && atLeast(parsed, [OLDEST_NODE, 0, 0])) return undefined;
  return `Baton needs Node ${OLDEST_NODE} or newer to start (this is ${version}); see https://nodejs.org/en/download.`;
}

/** A digest over the lockfile and every manifest: it changes whenever an install is due, and never by a mere checkout's new times. */
export function installDigest(dir) {
  const hash = createHash('sha256').update(PNPM);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests(dir)]) {
    const full = path.join(dir, file);
    hash.update(`\0${file}\0`).update(existsSync(full) ? readFileSync(full) : '');
  }
  return hash.digest('hex');
}

function manifests(dir) {
  const found = ['package.json', 'scripts/package.json', 'tests/package.json', 'examples/package.json'];
  for (const group of ['services', 'packages']) {
    if (!existsSync(path.join(dir, group))) continue;
    for (const name of readdirSync(path.join(dir, group)).sort()) found.push(`${group}/${name}/package.json`);
  }
  return found.filter((file) => existsSync(path.join(dir, file)));
}

function say(line) {
  process.stderr.write(`baton: ${line}\n`);
}

function fail(line) {
  say(line);
  process.exitCode = 1;
  return false;
}

async function install() {
  const digest = installDigest(root);
  if (existsSync(stamp) && existsSync(runtime) && readFileSync(stamp, 'utf8') === digest) return true;
  say(`installing packages with ${PNPM} (the first time this also brings Node 24 and Postgres, about 250 MB) …`);
  const started = Date.now();
  const { code, output, error } = await runPnpm(['install', '--frozen-lockfile', '--reporter=append-only']);
  if (error) return fail(`could not run npx (${error.message}); is npm installed beside Node?`);
  if (code !== 0) {
    if (output.includes('ERR_PNPM_OUTDATED_LOCKFILE')) {
      return fail(
        `a package.json does not match pnpm-lock.yaml; run \`npx -y ${PNPM} install --no-frozen-lockfile\` and commit the new lockfile.`,
      );
    }
    return fail('the packages could not be installed; the lines above say why. Run the same command again once that is mended.');
  }
  writeFileSync(stamp, digest);
  say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return true;
}

/** Runs pnpm and shows its lines as they come, without the warnings about the old Node that is about to be replaced. */
function runPnpm(args) {
  return new Promise((resolve) => {
    const child = spawn('npx', ['-y', PNPM, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output += `${line}\n`;
        if (!/Unsupported engine|npm warn/.test(line)) process.stderr.write(`  ${line}\n`);
      });
    }
    child.on('error', (error) => resolve({ code: 1, output, error }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function checkRuntime() {
  const found = existsSync(runtime) ? spawnSync(runtime, ['--version'], { encoding: 'utf8' }) : undefined;
  const version = parseVersion(found?.stdout ?? '');
  if (version && atLeast(version, OLDEST_RUNTIME)) return true;
  return fail(
    `node_modules/node is ${version ? `Node ${version.join('.')}` : 'missing'}, Node ${OLDEST_RUNTIME.join('.')} or newer is needed; ` +
      'delete node_modules and run the command again (the npm package `node` must be allowed to run its install script).',
  );
}

// Ctrl-C in a terminal signals the whole process group, and npm forwards the signal besides. The child therefore gets a session of its own
// and exactly one signal from here; a second press, a person's and not npm's echo, is passed on again.
function forwardSignals(child) {
  const last = new Map();
  const forward = (signal) => {
    const now = Date.now();
    if (now - (last.get(signal) ?? 0) < 500) return;
    last.set(signal, now);
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  const parent = process.ppid;
  // npm killed outright sends nothing: a changed parent is the only sign. Outside npm a vanished parent is a closed shell, and means nothing.
  if (process.env.npm_lifecycle_event) {
    setInterval(() => {
      if (process.ppid !== parent) forward('SIGTERM');
    }, 500).unref();
  }
}

function step(args) {
  return new Promise((resolve) => {
    const child = spawn(runtime, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: root,
      // The launcher watches the fourth stream: it closes when this process dies in whatever way.
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
      detached: true,
      env: { ...process.env, BATON_BOOTSTRAP_FD: '3', PATH: `${path.dirname(runtime)}${path.delimiter}${process.env.PATH ?? ''}` },
    });
    forwardSignals(child);
    child.on('error', (error) => {
      fail(`could not start ${runtime}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15)));
  });
}

/** Runs one task with what follows it. */
export async function main(argv) {
  const refusal = refuseNode(process.version);
  if (refusal) return fail(refusal);
  const [task = 'start', ...rest] = argv;
  const steps = tasks[task];
  if (!steps) return fail(`there is no task '${task}'; there are: ${Object.keys(tasks).join(', ')}.`);
  if (!(await install()) || !checkRuntime()) return;
  for (const [index, args] of steps.entries()) {
    const script = path.join(root, args[0]);
    if (!existsSync(script) || !statSync(script).isFile()) return fail(`${args[0]} is not in this tree.`);
    process.exitCode = await step(index === steps.length - 1 ? [...args, ...rest] : args);
    if (process.exitCode !== 0) return;
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
