import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export type RunOptions = { cwd?: string; env?: NodeJS.ProcessEnv; user?: { uid: number; gid: number }; timeoutMs?: number };

/**
 * Runs a command to its end and returns what it printed.
 *
 * @throws with the command's last words when it fails or takes longer than `timeoutMs` (two minutes unless told)
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  try {
    const { stdout } = await execute(command, args, {
      cwd: options.cwd,
      env: options.env,
      timeout: options.timeoutMs ?? 120_000,
      maxBuffer: 16 * 1024 * 1024,
      ...options.user,
    });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const words = (stderr ?? '').trim().split('\n').slice(-3).join(' · ');
    throw new Error(`${command}: ${words || message}`, { cause: error });
  }
}
