import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Running } from '../start.ts';

const main = path.resolve(import.meta.dirname, '../../../packages/cli/src/main.ts');

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  /** With `--json`: stdout, a value a line. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects.
  lines: any[];
}

export type Baton = (...args: string[]) => Promise<Ended>;

/** `npx baton` as a process of its own, told by the environment where everything is. */
export function batonFor({ stack, product }: Running, env: Record<string, string> = {}): Baton {
  const place = {
    BATON_CONVERSATION_STATE_ADDR: stack.conversationStateAddrs.join(','),
    BATON_DISPATCHER_ADDR: stack.dispatcherAddrs.join(','),
    BATON_SERVICE_TOKEN: stack.secrets.serviceToken,
    BATON_NATS_URL: stack.natsUrl,
    BATON_VERIFY_POSTGRES_URL: product.databaseUrl,
  };
  return (...args) =>
    new Promise((resolve) => {
      const argv = ['--disable-warning=ExperimentalWarning', main, ...args];
      const child = execFile(
        process.execPath,
        argv,
        { env: { ...process.env, ...place, ...env }, timeout: 60_000 },
        (error, stdout, stderr) => {
          const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
          const lines = args.includes('--json')
            ? stdout
                .split('\n')
                .filter(Boolean)
                .map((line) => JSON.parse(line))
            : [];
          resolve({ code, stdout, stderr, lines });
        },
      );
      child.stdin?.end();
    });
}
