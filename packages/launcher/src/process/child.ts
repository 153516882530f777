import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { guard, type Tier } from './guard.ts';

const LOG_LIMIT = 20 * 1024 * 1024;

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type ChildOptions = {
  name: string;
  tier: Tier;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Both streams are appended here. */
  logFile: string;
  /** With it, each line is given to it as well. */
  onLine?: (line: string) => void;
  user?: { uid: number; gid: number };
};

export type Child = {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  exit(): Exit | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Asks with `signal`, insists with SIGKILL after `graceMs`; resolves when the process is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<Exit>;
};

/**
 * Starts a process of the tree: in a session of its own, so that Ctrl-C at the terminal reaches the launcher alone and the order of the
 * end stays in its hands; guarded, so that it ends with this process in any case; its output in a file.
 *
 * @throws when the command cannot be started at all
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = openLog(options.logFile);
  const output = options.onLine ? 'pipe' : log;
  let started: ChildProcess;
  try {
    started = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', output, output],
      detached: true,
      ...options.user,
    });
    await new Promise<void>((resolve, reject) => {
      started.once('spawn', resolve);
      started.once('error', reject);
    });
  } finally {
    if (!options.onLine) closeSync(log);
  }
  if (options.onLine) copyLines(started, log, options.onLine);
  return watch(started, options.tier);
}

function watch(started: ChildProcess, tier: Tier): Child {
  const pid = started.pid as number;
  const release = guard(pid, tier);
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    started.once('exit', (code, signal) => {
      exit = { code, signal };
      release();
      resolve(exit);
    });
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (!exit) started.kill(signal);
  };
  return {
    pid,
    exited,
    exit: () => exit,
    kill,
    stop: async (signal, graceMs) => {
      kill(signal);
      const insist = setTimeout(() => kill('SIGKILL'), graceMs);
      const result = await exited;
      clearTimeout(insist);
      return result;
    },
  };
}

function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    if (statSync(file).size > LOG_LIMIT) renameSync(file, `${file}.1`);
  } catch {
    // There is no log yet.
  }
  return openSync(file, 'a', 0o600);
}

function copyLines(started: ChildProcess, log: number, onLine: (line: string) => void): void {
  let open = 2;
  for (const stream of [started.stdout, started.stderr]) {
    if (!stream) continue;
    stream.on('data', (chunk: Buffer) => writeSync(log, chunk));
    createInterface({ input: stream }).on('line', onLine);
    stream.once('close', () => {
      open -= 1;
      if (open === 0) closeSync(log);
    });
  }
}
