import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildConsole } from '@baton/console/build.ts';
import { HELP, type LauncherConfig, loadConfig } from './config.ts';
import { bareInstructions, instructions } from './demo/instructions.ts';
import { seedDemo } from './demo/seed.ts';
import { takeHold, wipe } from './stack/installation.ts';
import { keepUp } from './stack/keep-up.ts';
import { removePlace, writePlace } from './stack/place-file.ts';
import { type Stack, type StackOptions, startServers, startStack } from './stack.ts';
import { StartError } from './start-error.ts';
import { whenToStop } from './when-to-stop.ts';

const root = path.resolve(import.meta.dirname, '../../..');

function say(line: string): void {
  process.stderr.write(`baton: ${line}\n`);
}

async function start(config: LauncherConfig): Promise<void> {
  if (config.reset) await wipe(config.dataDir, say);
  const stopping = whenToStop(config.bootstrapFd, say);
  const installation = await takeHold(config.dataDir, say);
  const consoleDir = await builtConsole();
  const options: StackOptions = {
    root,
    dataDir: config.dataDir,
    ports: config.ports,
    host: config.host,
    passedOn: config.passedOn,
    env: {
      ...(config.egressAllow && { BATON_EGRESS_ALLOW: config.egressAllow }),
      ...(consoleDir !== undefined && { BATON_CONSOLE_DIR: consoleDir }),
    },
    signal: stopping,
    say,
    onChange: installation.note,
    ...(config.verbose ? { onLine: (name: string, line: string) => process.stderr.write(`${name.padEnd(18)} ${line}\n`) } : {}),
  };
  try {
    await (config.serversOnly ? runServers(options, stopping) : runAll(options, config, stopping));
  } finally {
    installation.release();
  }
}

async function builtConsole(): Promise<string | undefined> {
  try {
    return await buildConsole(say);
  } catch (error) {
    // All but the console works without it.
    say(`the console could not be built: ${(error as Error).message}`);
    return undefined;
  }
}

async function runAll(options: StackOptions, config: LauncherConfig, stopping: AbortSignal): Promise<void> {
  const started = performance.now();
  const stack = await startStack(options);
  keepUp(stack, stopping, say);
  const place = path.join(config.dataDir, 'place.json');
  writePlace(place, stack);
  await greet(stack, config);
  const shown = path.relative(process.cwd(), config.dataDir) || '.';
  say(`ready in ${((performance.now() - started) / 1000).toFixed(1)} s; data and logs are in ${shown}; Ctrl-C stops everything`);
  await aborted(stopping);
  say('stopping: services first, then NATS, then Postgres …');
  removePlace(place);
  await stack.stop();
  say('stopped; the data is kept');
}

async function runServers(options: StackOptions, stopping: AbortSignal): Promise<void> {
  const dir = path.join(options.dataDir, 'env');
  rmSync(dir, { recursive: true, force: true });
  const servers = await startServers(options);
  keepUp(servers, stopping, say);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const [name, env] of Object.entries({ ...servers.environments })) {
    const lines = Object.entries({ ...env, ...options.env }).map(([variable, value]) => `${variable}=${value}\n`);
    writeFileSync(path.join(dir, `${name}.env`), lines.join(''), { mode: 0o600 });
  }
  say(`NATS and Postgres run; the services' environment is in ${path.relative(process.cwd(), dir)}/<service>.env`);
  await aborted(stopping);
  rmSync(dir, { recursive: true, force: true });
  await servers.stop();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function greet(stack: Stack, config: LauncherConfig): Promise<void> {
  const place = { gatewayUrl: stack.gatewayUrls[0] ?? '', ingestUrl: stack.ingestUrls[0] ?? '', partnerKey: stack.secrets.partnerKey };
  if (!config.demo) {
    process.stdout.write(`${bareInstructions(place)}\n`);
    return;
  }
  try {
    process.stdout.write(`${instructions(await seedDemo({ ...place, file: path.join(config.dataDir, 'demo.json') }))}\n`);
  } catch (error) {
    // The installation itself runs, so it stays up for whoever looks for the reason.
    say(`the demo workspace could not be made: ${(error as Error).message}`);
    process.stdout.write(`${bareInstructions(place)}\n`);
  }
}

try {
  const config = loadConfig(process.argv.slice(2), process.env, root);
  if (config.command === 'help') process.stdout.write(HELP);
  else if (config.command === 'start') await start(config);
  else {
    await wipe(config.dataDir, say);
    say(`wiped ${config.dataDir}`);
  }
} catch (error) {
  if (error instanceof StartError) say(error.message);
  else if ((error as Error).name === 'AbortError') say('stopped before everything was up; the data is kept');
  else throw error;
  process.exitCode = (error as Error).name === 'AbortError' ? 0 : 1;
}
