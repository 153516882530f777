import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KIND_VARIABLE, SHARED_VARIABLE } from './config.ts';
import { infraKind, openPostgres } from './servers.ts';

/** One Postgres per vitest run for all test files, each of which makes its own database on it. Every project calls it; the first one's counts. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[SHARED_VARIABLE]) return undefined;
  const kind = await infraKind();
  const dir = await mkdtemp(path.join(tmpdir(), 'baton-run-'));
  const server = await openPostgres(dir);
  // The workers inherit the environment; asked anew, each of them would look for Docker again.
  process.env[KIND_VARIABLE] = kind;
  process.env[SHARED_VARIABLE] = server.superUrl;
  return async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
