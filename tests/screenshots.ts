import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildConsole } from '@baton/console/build.ts';
import type { Demo } from '@baton/launcher/demo/file.ts';
import { seedDemo } from '@baton/launcher/demo/seed.ts';
import { openBrowser } from '@baton/testkit/browser/open.ts';
import type { Browser, Page } from 'playwright-core';
import { signInLink } from './support/browser/sign-in.ts';
import { startProduct } from './support/start.ts';

const images = path.resolve(import.meta.dirname, '../docs/images');

/** `npm run screenshots`: the pictures of the console in the documentation, from the demo workspace of a product of its own. */
await using running = await startProduct({ env: { BATON_CONSOLE_DIR: await buildConsole() } });
const work = mkdtempSync(path.join(tmpdir(), 'baton-screenshots-'));
const { product } = running;
const place = { gatewayUrl: product.gatewayUrls[0] ?? '', ingestUrl: product.ingestUrls[0] ?? '', partnerKey: product.partnerKey };
const demo = await seedDemo({ ...place, file: path.join(work, 'demo.json') });
rmSync(work, { recursive: true });
const browser = await openBrowser();
try {
  await inbox(browser, demo, { name: 'console-inbox', dark: false });
  await inbox(browser, demo, { name: 'console-inbox-dark', dark: true });
  await onAPhone(browser, demo);
  await operations(browser, demo);
} finally {
  await browser.close();
}

/** The conversation that a person has, beside it the phone of another customer. */
async function inbox(from: Browser, given: Demo, o: { name: string; dark: boolean }): Promise<void> {
  const page = await signedIn(from, given, { width: 1440, height: 900, dark: o.dark });
  await page.getByRole('button', { name: 'Phone simulator' }).click();
  await page.getByRole('textbox', { name: 'Message' }).fill('Do you deliver to the harbour?');
  await page.keyboard.press('Enter');
  await page.getByTestId('phone-screen').getByText('Echo: Do you deliver').waitFor();
  await page.getByRole('link', { name: 'Chidi Eze' }).click();
  await page.getByTestId('thread').getByText('A new one leaves today').waitFor();
  await note(page, 'His third order this year: please put a bar of chocolate in.');
  await page.screenshot({ path: path.join(images, `${o.name}.png`) });
  await page.context().close();
}

/** For colleagues; written once, whichever picture is taken first. */
async function note(page: Page, text: string): Promise<void> {
  const written = page.getByTestId('thread').getByText(text);
  if ((await written.count()) === 0) {
    await page.getByRole('button', { name: 'Note', exact: true }).click();
    await page.getByLabel('Your note for colleagues').fill(text);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Answer', exact: true }).click();
  }
  await written.waitFor();
}

async function operations(from: Browser, given: Demo): Promise<void> {
  const page = await signedIn(from, given, { width: 1440, height: 900, dark: false });
  await page.getByRole('link', { name: 'Operations' }).click();
  await page.getByText('Answered by the AI').waitFor();
  await page.screenshot({ path: path.join(images, 'console-operations.png') });
  await page.context().close();
}

async function onAPhone(from: Browser, given: Demo): Promise<void> {
  const page = await signedIn(from, given, { width: 360, height: 740, dark: false });
  await page.getByRole('link', { name: 'Bruno Costa' }).click();
  await page.getByTestId('thread').getByText('Echo: Olá').waitFor();
  await page.screenshot({ path: path.join(images, 'console-phone.png') });
  await page.context().close();
}

async function signedIn(from: Browser, given: Demo, o: { width: number; height: number; dark: boolean }): Promise<Page> {
  const context = await from.newContext({
    viewport: { width: o.width, height: o.height },
    colorScheme: o.dark ? 'dark' : 'light',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const { url } = await signInLink({ gatewayUrl: given.gateway_url, key: given.api_key, userId: given.user_id ?? '' });
  await page.goto(url);
  await page.getByTestId('conversation-list').getByRole('link').first().waitFor();
  return page;
}
