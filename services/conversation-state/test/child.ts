import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { eventually } from '@baton/testkit/eventually.ts';
import { freePort } from '@baton/testkit/free-port.ts';
import type { Infra } from '@baton/testkit/infra.ts';
import { environment } from './harness.ts';

/** An instance as a process of its own, to be killed. */
export interface Child extends AsyncDisposable {
  opsUrl: string;
  /** Resolves with the exit code or the signal. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  ready(): Promise<void>;
}

export async function startChild(infra: Infra, env: Record<string, string> = {}): Promise<Child> {
  const ops = await freePort();
  const folder = path.resolve(import.meta.dirname, '..');
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...environment(infra), BATON_CONVERSATION_STATE_OPS_PORT: String(ops), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const opsUrl = `http://127.0.0.1:${ops}`;
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    // A process that hangs must fail its test, not the whole run.
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [code, by] = await exited;
    clearTimeout(late);
    return code ?? by!;
  };
  return {
    opsUrl,
    end,
    async ready() {
      await eventually(
        async () => (await fetch(`${opsUrl}/readyz`)).status,
        (status) => status === 200,
        { timeoutMs: 20_000, what: 'readiness' },
      );
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
    },
  };
}
