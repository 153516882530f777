import { buildConsole } from '@baton/console/build.ts';
import { loadTestkitConfig } from '@baton/testkit/config.ts';
import type { TestProject } from 'vitest/node';
import { startProduct } from './start.ts';

/** One installation for all e2e files: each start of it costs as much as a dozen tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { sharedSuperUrl } = loadTestkitConfig(process.env);
  const running = await startProduct({
    ...(sharedSuperUrl ? { superUrl: sharedSuperUrl } : {}),
    instances: { gateway: 2 },
    // One address asks for everything here, with wrong keys and right ones.
    env: {
      BATON_RATE_LIMIT_PER_SECOND: '10000',
      BATON_RATE_LIMIT_BURST: '10000',
      BATON_AUTH_FAILURES_BURST: '10000',
      BATON_CONSOLE_DIR: await buildConsole(),
    },
  });
  project.provide('product', running.product);
  project.provide('updating', project.config.snapshotOptions.updateSnapshot === 'all');
  return async () => await running[Symbol.asyncDispose]();
}
