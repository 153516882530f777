import { browserTimeoutMs, openBrowser } from '@baton/testkit/browser/open.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/browser/accessible.ts';
import { signIn } from '../support/browser/sign-in.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';
const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;

let ai: FakeAi;
let browser: Browser;
let workspace: Workspace;
let sms: Account;
let whatsapp: Account;
const contexts: BrowserContext[] = [];
/** What pages complained of: a policy broken, a script that failed. */
const complaints: string[] = [];

beforeAll(async () => {
  ai = await startFakeAi({ secret });
  browser = await openBrowser();
  workspace = await makeWorkspace(product, { backend: { kind: 'webhook', url: ai.url, secret, timeout_ms: 60_000 } });
  sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550100' });
  whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550101' });
}, browserTimeoutMs);

afterEach(async () => {
  ai.respond();
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await ai?.[Symbol.asyncDispose]();
});

/** An operator's browser, signed in, at an address of the console. */
async function operator(at = '/inbox', o: { width?: number; dark?: boolean } = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: o.width ?? 1440, height: 900 },
    colorScheme: o.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  context.setDefaultTimeout(20_000);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => /Content Security Policy/i.test(message.text()) && complaints.push(message.text()));
  await signIn(context, workspace);
  await page.goto(`${base}${at}`);
  return page;
}

const row = (page: Page, name: string): Locator => page.getByTestId('conversation-list').getByRole('link', { name });
const thread = (page: Page): Locator => page.getByTestId('thread');
const phone = (page: Page): Locator => page.getByRole('complementary', { name: 'Customer’s phone' });
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

async function answer(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your answer').fill(text);
  await page.keyboard.press('Enter');
}

test('a customer writes on the phone, the AI answers, a person takes over while it works, sends what came too late, gives back and closes', async () => {
  const page = await operator();
  await button(page, 'Phone simulator').click();
  const says = async (text: string) => {
    await phone(page).getByLabel('Message', { exact: true }).fill(text);
    await page.keyboard.press('Enter');
  };
  await says('Are you open?');
  await phone(page).getByText('You said: Are you open?').waitFor();
  await page.getByTestId('conversation-list').getByRole('link').first().click();
  await thread(page).getByText('You said: Are you open?').waitFor();
  await thread(page).locator('[data-outcome="replied"]').waitFor();

  // A turn that takes its time.
  ai.respond({ status: 202 });
  const before = ai.calls.length;
  await says('And on Sunday?');
  const { turn } = await ai.call(before + 1);
  await thread(page).getByText('The AI is working on an answer…').waitFor();
  await button(page, 'Take over').click();
  await page.getByText('The AI is silent: nothing of it is on its way.').waitFor();
  await page.getByText('People answer here; the AI is silent.').waitFor();
  await workspace.must('POST', `/v1/dispatches/${turn.dispatch_id}/reply`, { text: 'On Sunday from noon.' });
  const card = page.getByRole('region', { name: 'Suggestion of the AI' });
  await card.getByText('On Sunday from noon.').waitFor();
  expect(await phone(page).getByText('On Sunday from noon.').count()).toBe(0);
  await card.getByRole('button', { name: 'Send' }).click();
  await phone(page).getByText('On Sunday from noon.').waitFor();
  await card.waitFor({ state: 'detached' });

  await phone(page).getByRole('button', { name: 'Trouble' }).click();
  await page.getByRole('menuitem', { name: 'Send a photo' }).click();
  const photo = thread(page).getByRole('img', { name: 'photo.png' });
  await photo.waitFor();
  await expect
    .poll(() => photo.evaluate((picture) => (picture as unknown as { naturalWidth: number }).naturalWidth), { timeout: 20_000 })
    .toBe(360);

  await answer(page, 'Anything else? Ada');
  await phone(page).getByText('Anything else? Ada').waitFor();
  const own = thread(page).locator('article', { hasText: 'Anything else? Ada' });
  await own.locator('[data-status="read"]').waitFor();

  ai.respond();
  await says('A table for two, please');
  await thread(page).locator('[data-outcome="suppressed"]').last().waitFor();
  await button(page, 'Give back').click();
  await page.getByLabel('Also answer what the customer wrote meanwhile').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Give back' }).click();
  await phone(page).getByText('You said: A table for two, please').waitFor();
  await thread(page).locator('[data-mode-change="ai"]').waitFor();

  await page.getByRole('main').getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Close for good' }).click();
  await page.getByText('This conversation is closed.').waitFor();
  expect(await page.getByLabel('Your answer').count()).toBe(0);
});

test('two operators see each other’s doing at once', async () => {
  const customer = workspace.customer(sms, { name: 'Bruno Costa' });
  await customer.says('Hello');
  await customer.heard(1);
  const { conversation_id: id } = await workspace.conversationOf(customer.address);
  const [one, other] = [await operator(`/inbox/${id}`), await operator(`/inbox/${id}`)];
  await Promise.all([one, other].map((page) => button(page, 'Take over').waitFor()));
  await one.getByLabel('Your answer').fill('I have this');
  await button(one, 'Send and take over').click();
  for (const page of [one, other]) {
    await thread(page).getByText('I have this').waitFor();
    await page.getByTestId('who-answers').getByText('People answer here').waitFor();
    await row(page, 'Bruno Costa').getByText('Person').waitFor();
  }
});

test('what happened while the line was down is there once it is back', async () => {
  const customer = workspace.customer(sms, { name: 'Chidi Eze' });
  await customer.says('First');
  await customer.heard(1);
  const { conversation_id: id } = await workspace.conversationOf(customer.address);
  const page = await operator(`/inbox/${id}`);
  await thread(page).getByText('You said: First').waitFor();
  await page.context().setOffline(true);
  await customer.says('Second');
  await customer.heard(2);
  await page.context().setOffline(false);
  await thread(page).getByText('You said: Second').waitFor();
  expect(await thread(page).getByText('Second', { exact: true }).count()).toBe(1);
});

test('outside WhatsApp’s window only a template goes; after STOP nothing', async () => {
  const from = workspace.customer(whatsapp).address;
  const says = (text: string, timestamp: Date) =>
    fetch(whatsapp.webhook_url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'message', id: crypto.randomUUID(), channel: 'whatsapp', from, to: whatsapp.address, text, timestamp }),
    });
  ai.respond({ json: {} });
  await says('Yesterday', new Date(Date.now() - 25 * 60 * 60 * 1000));
  const page = await operator();
  await page
    .getByTestId('conversation-list')
    .getByRole('link', { name: /Yesterday/ })
    .click();
  const form = page.getByRole('form', { name: 'Send a template' });
  await form.getByLabel('Template').fill('appointment_reminder');
  await form.getByRole('button', { name: 'Send template' }).click();
  await thread(page).locator('[data-status="read"]').waitFor();
  await says('STOP', new Date());
  await page.getByText('The customer has opted out.').waitFor();
  expect(await page.getByLabel('Your answer').count()).toBe(0);
});

test('the list is moved through, searched and narrowed by keyboard and menus', async () => {
  const [ada, eve] = ['Ada Obi', 'Eve Novak'].map((name) => workspace.customer(sms, { name }));
  for (const customer of [ada!, eve!]) {
    await customer.says('A table near the window');
    await customer.heard(1);
  }
  const page = await operator();
  await row(page, 'Eve Novak').waitFor();
  await page.locator('body').press('j');
  await page.getByRole('heading', { name: 'Eve Novak' }).waitFor();
  await page.locator('body').press('j');
  await page.getByRole('heading', { name: 'Ada Obi' }).waitFor();
  await page.locator('body').press('k');
  await page.getByRole('heading', { name: 'Eve Novak' }).waitFor();
  await page.locator('body').press('/');
  await page.keyboard.type('near the WINDOW');
  await page
    .getByRole('region', { name: 'Search messages' })
    .getByRole('button', { name: /Ada Obi/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'Ada Obi' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('closed');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Closed' }).waitFor();
});

test('an agent’s AI is tried in the settings, and nobody hears of it', async () => {
  const page = await operator('/settings/agents');
  await button(page, 'Try it').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Customer').fill('Do you deliver?');
  await dialog.getByRole('button', { name: 'Try it' }).click();
  await dialog.getByText('You said: Do you deliver?').waitFor();
  await expectAccessible(page);
});

test.each([
  ['wide and light', { width: 1600 }],
  ['as a phone, dark', { width: 360, dark: true }],
])('every page is accessible: %s', async (_, look) => {
  const customer = workspace.customer(sms, { name: 'Iris Lund' });
  await customer.says('Hello');
  await customer.heard(1);
  const { conversation_id: id } = await workspace.conversationOf(customer.address);
  const page = await operator(`/inbox/${id}`, look);
  await thread(page).getByText('You said: Hello').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  for (const at of [
    '/inbox',
    '/operations',
    '/settings/agents',
    '/settings/channels',
    '/settings/keys',
    '/settings/webhooks',
    '/settings/audit',
  ]) {
    await page.evaluate(`history.pushState({}, '', '${at}'); dispatchEvent(new PopStateEvent('popstate'))`);
    await page.locator(at === '/inbox' ? '[data-testid="conversation-list"]' : 'main').waitFor();
    await expectAccessible(page);
  }
});
