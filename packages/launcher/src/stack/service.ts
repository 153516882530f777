import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Child, type Exit, startChild } from '../process/child.ts';
import { waitUntil } from '../process/port.ts';
import { StartError } from '../start-error.ts';
import type { ServiceName } from './names.ts';

export type ServiceOptions = {
  name: ServiceName;
  /** 1 for the first. */
  instance: number;
  root: string;
  env: Record<string, string>;
  /** Base URL of `/readyz`. */
  opsUrl: string;
  /** `host:port` of its main port. */
  address: string;
  logFile: string;
  /** Whether an exit that nobody asked for is answered with a new start. */
  supervise: boolean;
  say: (line: string) => void;
  onLine?: (line: string) => void;
  onChange?: () => void;
};

/** One instance of a service as the tree holds it. */
export type ServiceProcess = Pick<ServiceOptions, 'name' | 'instance' | 'opsUrl' | 'address' | 'logFile'> & {
  /** `gateway`, or `gateway-2` for a further instance. */
  readonly label: string;
  /** Of the present process; it changes with each start. */
  readonly pid: number;
  /** Whether a process of it runs at this moment. */
  readonly running: boolean;
  /** Starts so far. */
  readonly starts: number;
  /** Only signals. A supervised service that dies of it comes back by itself. */
  kill(signal: NodeJS.Signals): void;
  /** Waits for the end of the work in hand, ten seconds at most; it stays down. */
  stop(): Promise<void>;
  /** Stops what runs, starts anew and waits until ready. */
  restart(): Promise<void>;
  /** Resolves once `/readyz` says yes. */
  ready(timeoutMs?: number, signal?: AbortSignal): Promise<void>;
};

const DRAIN_MS = 10_000;
const READY_MS = 60_000;
const FIRST_BACKOFF_MS = 200;
const LAST_BACKOFF_MS = 10_000;
/** A service that lived this long starts over with the shortest wait. */
const HEALTHY_MS = 30_000;
const START_ATTEMPTS = 3;

type Life = {
  readonly options: ServiceOptions;
  readonly label: string;
  child: Child | undefined;
  starts: number;
  everReady: boolean;
  /** False once it was asked to stop: an end is then no accident. */
  wanted: boolean;
  backoffMs: number;
  nextStart: NodeJS.Timeout | undefined;
};

/** Starts one instance; resolves when its process is there, not yet when it is ready. */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const label = options.instance === 1 ? options.name : `${options.name}-${options.instance}`;
  const life: Life = {
    options,
    label,
    child: undefined,
    starts: 0,
    everReady: false,
    wanted: true,
    backoffMs: FIRST_BACKOFF_MS,
    nextStart: undefined,
  };
  await open(life);
  return {
    name: options.name,
    instance: options.instance,
    opsUrl: options.opsUrl,
    address: options.address,
    logFile: options.logFile,
    label,
    get pid() {
      return life.child?.pid ?? 0;
    },
    get running() {
      return isRunning(life);
    },
    get starts() {
      return life.starts;
    },
    kill: (signal) => life.child?.kill(signal),
    stop: () => stop(life),
    restart: async () => {
      await stop(life);
      life.wanted = true;
      await open(life);
      await ready(life);
    },
    ready: (timeoutMs, signal) => ready(life, timeoutMs, signal),
  };
}

function isRunning(life: Life): boolean {
  return life.child !== undefined && life.child.exit() === undefined;
}

async function open(life: Life): Promise<void> {
  life.starts += 1;
  const startedAt = performance.now();
  const child = await startChild(childOptions(life.options, life.label));
  life.child = child;
  life.options.onChange?.();
  void child.exited.then((exit) => {
    life.options.onChange?.();
    if (child === life.child) afterEnd(life, exit, performance.now() - startedAt);
  });
}

function afterEnd(life: Life, { code, signal }: Exit, livedMs: number): void {
  const { options, label } = life;
  if (!life.wanted || !options.supervise || givenUp(life)) return;
  if (livedMs > HEALTHY_MS) life.backoffMs = FIRST_BACKOFF_MS;
  const seconds = (life.backoffMs / 1000).toFixed(1);
  options.say(`${label} ended by itself (${signal ?? `exit code ${code}`}); starting it again in ${seconds} s, see ${options.logFile}`);
  life.nextStart = setTimeout(() => {
    open(life).catch((error: Error) => options.say(`${label} could not be started: ${error.message}`));
  }, life.backoffMs);
  life.backoffMs = Math.min(life.backoffMs * 2, LAST_BACKOFF_MS);
}

/** A service that never was ready and ends again and again will not get better by itself: the start as a whole fails and says why. */
function givenUp(life: Life): boolean {
  return !life.everReady && life.starts >= START_ATTEMPTS;
}

async function stop(life: Life): Promise<void> {
  life.wanted = false;
  clearTimeout(life.nextStart);
  await life.child?.stop('SIGTERM', DRAIN_MS);
}

async function ready(life: Life, timeoutMs = READY_MS, signal?: AbortSignal): Promise<void> {
  const { options, label } = life;
  const hopeless = (): boolean => signal?.aborted === true || (!isRunning(life) && (!options.supervise || givenUp(life)));
  if (await waitUntil(() => answersReady(options.opsUrl), timeoutMs, hopeless)) {
    life.everReady = true;
    return;
  }
  signal?.throwIfAborted();
  const what = isRunning(life) ? `is not ready after ${timeoutMs / 1000} s` : 'ended instead of becoming ready';
  throw new StartError(`${label} ${what}; the end of ${options.logFile}:\n${tail(options.logFile)}`);
}

function childOptions(o: ServiceOptions, label: string): Parameters<typeof startChild>[0] {
  const home = path.join(o.root, 'services', o.name);
  return {
    name: label,
    tier: 'service',
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      '--enable-source-maps',
      ...ownFlags(home),
      '--import',
      pathToFileURL(path.join(o.root, 'packages/telemetry/src/register.ts')).href,
      path.join(home, 'src/main.ts'),
    ],
    env: {
      ...o.env,
      BATON_PARENT_PID: String(process.pid),
      // Types stripped and code compiled once: 0.68 s → 0.44 s of CPU for each service's start, measured on the gateway.
      NODE_COMPILE_CACHE: path.join(o.root, 'node_modules/.cache/node-compile'),
    },
    cwd: home,
    logFile: o.logFile,
    ...(o.onLine ? { onLine: o.onLine } : {}),
  };
}

/** Flags of Node's that a service asks for in a file of its own, which the image and Tilt read too. */
function ownFlags(home: string): string[] {
  const file = path.join(home, 'node-flags');
  return existsSync(file) ? readFileSync(file, 'utf8').split(/\s+/).filter(Boolean) : [];
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  } catch {
    return '(no log)';
  }
}
