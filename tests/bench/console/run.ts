import { buildConsole } from '@baton/console/build.ts';
import { createBaton } from '@baton/sdk/baton.ts';
import { openBrowser } from '@baton/testkit/browser/open.ts';
import type { Browser, Page } from 'playwright-core';
import { signIn } from '../../support/browser/sign-in.ts';
import { startProduct } from '../../support/start.ts';
import { type Customer, makeWorkspace, type Workspace } from '../../support/workspace.ts';
import { type Quantiles, quantiles } from '../measure/stats.ts';
import type { RunContext } from '../run.ts';
import { seedMessages } from '../seed/load.ts';
import { firstRow, heapOf, openedAfter, seenAt, switchedAfter } from './page.ts';

/** What an operator waits for, in a browser on this machine; ms. */
export interface ConsoleRun {
  conversations: number;
  /** From the address to rows that can be used, each time in a browser that has seen nothing. */
  opened: Quantiles;
  /** From a click on a view to its rows: for the first time, and again. */
  listFirst: Quantiles;
  listAgain: Quantiles;
  /** From ingest's 2xx to the text in the list. */
  message: Quantiles;
  /** MB of the page's heap, after a collection. */
  heap: { before: number; after: number; events: number };
}

/** Make some 10,000 conversations. */
const messages = 215_000;
const visits = 7;
const texts = 30;
const liveEvents = 10_000;

export async function measureConsole({ signal, say }: RunContext): Promise<ConsoleRun> {
  await using running = await startProduct({
    supervise: false,
    env: {
      BATON_CONSOLE_DIR: await buildConsole(say),
      BATON_CHECK_ANSWERS: '0',
      BATON_LOG_LEVEL: 'warn',
      BATON_RATE_LIMIT_PER_SECOND: '10000',
      BATON_RATE_LIMIT_BURST: '10000',
    },
  });
  const workspace = await makeWorkspace(running.product, { backend: { kind: 'none' } });
  const account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+14151001000' });
  const { workspaceId, agentId } = workspace;
  const owner = { workspaceId, agentId, channelAccountId: account.channel_account_id, address: account.address };
  const conversations = await seedMessages(running.product.databaseUrl, owner, { messages, signal, say });
  say(`${conversations} conversations`);
  const browser = await openBrowser();
  try {
    const opened: number[] = [];
    for (let n = 0; n < visits; n++) opened.push(await visit(browser, workspace));
    say('visits');
    const page = await open(browser, workspace);
    const [listFirst, listAgain] = [await switches(page), await switches(page)];
    await page.getByRole('link', { name: 'All conversations' }).click();
    const message: number[] = [];
    for (let n = 0; n < texts; n++) {
      signal.throwIfAborted();
      const text = `Measured ${n} of ${texts}`;
      const seen = seenAt(page, text);
      await workspace.customer(account).says(text);
      const accepted = Date.now();
      message.push((await seen) - accepted);
    }
    say('messages');
    const customers = Array.from({ length: 100 }, () => workspace.customer(account));
    // Their rows are there then, and what is measured is what events leave behind.
    await flood(workspace, customers, 1000);
    const before = await heapOf(page);
    const events = await flood(workspace, customers, liveEvents);
    const after = await heapOf(page);
    return {
      conversations,
      opened: sorted(opened),
      listFirst: sorted(listFirst),
      listAgain: sorted(listAgain),
      message: sorted(message),
      heap: { before, after, events },
    };
  } finally {
    await browser.close();
  }
}

const sorted = (values: number[]) => quantiles(Float64Array.from(values).sort());

async function open(browser: Browser, workspace: Workspace): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', locale: 'en-US' });
  await context.addInitScript(firstRow);
  await signIn(context, workspace);
  const page = await context.newPage();
  await page.goto(`${workspace.product.gatewayUrls[0]}/inbox`);
  await page.getByTestId('conversation-list').getByRole('link').first().waitFor();
  return page;
}

async function visit(browser: Browser, workspace: Workspace): Promise<number> {
  const page = await open(browser, workspace);
  const ms = await openedAfter(page);
  await page.context().close();
  return ms;
}

async function switches(page: Page): Promise<number[]> {
  const taken: number[] = [];
  for (const view of ['With the AI', 'Unread', 'With people', 'Closed', 'All conversations']) taken.push(await switchedAfter(page, view));
  return taken;
}

/** Many customers write, until so many events have passed; answers how many did. */
async function flood(workspace: Workspace, customers: readonly Customer[], wanted: number): Promise<number> {
  const stop = new AbortController();
  let events = 0;
  const baton = createBaton({ baseUrl: workspace.product.gatewayUrls[0] ?? '', apiKey: workspace.key });
  const reader = (async () => {
    for await (const _ of baton.stream({ signal: stop.signal })) if (++events >= wanted) return;
  })();
  const writing = Promise.all(
    customers.map(async (customer) => {
      while (events < wanted && !stop.signal.aborted) await customer.says('Is anybody there?');
    }),
  );
  await reader;
  await writing;
  stop.abort();
  return events;
}
