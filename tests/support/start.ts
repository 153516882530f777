import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeSecrets } from '@baton/launcher/stack/secrets.ts';
import { type Stack, type StackOptions, startStack } from '@baton/launcher/stack.ts';
import { TEST_PASSWORDS } from '@baton/testkit/infra.ts';
import { linesWith } from './judge/logs.ts';
import type { Product } from './product.ts';

export type Running = AsyncDisposable & { stack: Stack; product: Product };

const root = path.resolve(import.meta.dirname, '../..');

/**
 * The whole product as processes, in a folder of its own. With `superUrl` it gets a database on that Postgres, else a Postgres of its own;
 * nats-server and its syncing are the product's default.
 */
export async function startProduct(
  o: Partial<Omit<StackOptions, 'dataDir' | 'secrets' | 'postgres'>> & { superUrl?: string } = {},
): Promise<Running> {
  const { superUrl, ...options } = o;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'baton-e2e-'));
  const processesFile = path.join(dataDir, 'processes.json');
  const database = superUrl ? `e2e_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}` : 'baton';
  const clear = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const stack = await startStack({
      root,
      dataDir,
      // The roles belong to the whole server: other installations on it must know the same passwords.
      secrets: { ...makeSecrets(), rolePasswords: TEST_PASSWORDS },
      postgres: superUrl ? { superUrl, database } : { syncInit: false },
      onChange: (processes) => writeFileSync(processesFile, JSON.stringify(processes)),
      ...options,
      env: { BATON_LOG_LEVEL: 'info', BATON_CHECK_ANSWERS: '1', ...options.env },
    });
    return {
      stack,
      product: productOf(stack, { database, processesFile }),
      [Symbol.asyncDispose]: async () => {
        await stack.stop();
        // What is only logged: a test that looks at no log would not notice.
        const unpublished = linesWith(stack.logsDir, 'an answer is not as published');
        const refused = linesWith(stack.logsDir, 'NATS does not let this user do that');
        clear();
        if (unpublished.length > 0) throw new Error(`The gateway gave answers that are not as published:\n${unpublished.join('\n')}`);
        if (refused.length > 0) throw new Error(`A service wanted of NATS what it has no right to:\n${refused.join('\n')}`);
      },
    };
  } catch (error) {
    clear();
    throw error;
  }
}

/** The part of a stack that the helpers here need. */
function productOf(stack: Stack, o: { database: string; processesFile: string }): Product {
  const url = new URL(stack.superUrl);
  url.pathname = `/${o.database}`;
  return {
    gatewayUrls: stack.gatewayUrls,
    ingestUrls: stack.ingestUrls,
    natsUrl: stack.natsUrl,
    databaseUrl: url.href,
    partnerKey: stack.secrets.partnerKey,
    serviceToken: stack.secrets.serviceToken,
    rpcAddresses: [...stack.conversationStateAddrs, ...stack.dispatcherAddrs],
    opsUrls: stack.services.map(({ opsUrl }) => opsUrl),
    logsDir: stack.logsDir,
    processesFile: o.processesFile,
  };
}
