import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@baton/launcher/process/port.ts';
import { eventually } from '@baton/testkit/eventually.ts';

const root = path.resolve(import.meta.dirname, '../..');

const PORTS = ['GATEWAY', 'INGEST', 'CONVERSATION_STATE', 'DISPATCHER', 'CONVERSATION_STATE_OPS', 'DISPATCHER_OPS', 'POSTGRES', 'NATS'];

/** A place for one installation: a folder, and a free port for everything. */
export type Place = Disposable & { dataDir: string; env: Record<string, string> };

export async function newPlace(): Promise<Place> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'baton-start-'));
  const ports = new Map<string, string>();
  while (ports.size < PORTS.length) {
    const port = String(await freePort());
    if (![...ports.values()].includes(port)) ports.set(`BATON_${PORTS[ports.size]}_PORT`, port);
  }
  return { dataDir, env: Object.fromEntries(ports), [Symbol.dispose]: () => rmSync(dataDir, { recursive: true, force: true }) };
}

export type Started = AsyncDisposable & {
  child: ChildProcess;
  /** What it has printed for people to use, and what it has said meanwhile. */
  stdout(): string;
  stderr(): string;
  /** Waits until it says that it is ready; answers after how many ms. */
  ready(): Promise<number>;
  /** As Ctrl-C does: the signal goes to the whole process group of the terminal. Answers the exit code. */
  interrupt(): Promise<number | null>;
  exit(): Promise<number | null>;
};

/** `npm start` with nothing of this process's environment but where programs and the home are. */
export function npmStart(place: Place, args: string[] = []): Started {
  const { PATH = '', HOME = '', BATON_CACHE_DIR, NATS_SERVER_BIN } = process.env;
  const child = spawn('npm', ['start', '--', '--data-dir', place.dataDir, ...args], {
    cwd: root,
    detached: true,
    env: { PATH, HOME, ...(BATON_CACHE_DIR && { BATON_CACHE_DIR }), ...(NATS_SERVER_BIN && { NATS_SERVER_BIN }), ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const began = performance.now();
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const interrupt = async (): Promise<number | null> => {
    if (!isOver()) process.kill(-(child.pid ?? 0), 'SIGINT');
    return exited;
  };
  return {
    child,
    stdout: () => out.join(''),
    stderr: () => err.join(''),
    ready: async () => {
      await eventually(() => isOver() || err.join('').includes('baton: ready in '), Boolean, { timeoutMs: 120_000, what: 'the start' });
      if (isOver()) throw new Error(`npm start ended: ${err.join('')}`);
      return performance.now() - began;
    },
    interrupt,
    exit: () => exited,
    [Symbol.asyncDispose]: async () => {
      await interrupt();
    },
  };
}
