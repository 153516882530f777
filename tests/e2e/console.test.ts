import { browserTimeoutMs, openBrowser } from '@baton/testkit/browser/open.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/browser/accessible.ts';
import { cuttableLine } from '../support/browser/line.ts';
import { answer, button, goTo, Operators, phone, row, says, thread, trouble } from '../support/browser/operator.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';
const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;

let ai: FakeAi;
let browser: Browser;
let workspace: Workspace;
let operators: Operators;
let sms: Account;
let whatsapp: Account;

beforeAll(async () => {
  ai = await startFakeAi({ secret });
  browser = await openBrowser();
  workspace = await makeWorkspace(product, { backend: { kind: 'webhook', url: ai.url, secret, timeout_ms: 60_000 } });
  operators = new Operators({ browser, base, workspace: () => workspace });
  sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550100' });
  whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550101' });
}, browserTimeoutMs);

afterEach(async () => {
  ai.respond();
  await operators.leave();
});

afterAll(async () => {
  await browser?.close();
  await ai?.[Symbol.asyncDispose]();
});

test('a customer writes on the phone, the AI answers, a person takes over while it works, sends what came too late, gives back and closes', async () => {
  const page = await operators.opens();
  await button(page, 'Phone simulator').click();
  await says(page, 'Are you open?');
  await phone(page).getByText('You said: Are you open?').waitFor();
  await page.getByTestId('conversation-list').getByRole('link').first().click();
  await thread(page).getByText('You said: Are you open?').waitFor();
  await thread(page).locator('[data-outcome="replied"]').waitFor();

  // A turn that takes its time.
  ai.respond({ status: 202 });
  const before = ai.calls.length;
  await says(page, 'And on Sunday?');
  const { turn } = await ai.call(before + 1);
  await thread(page).getByText('The AI is working on an answer…').waitFor();
  await button(page, 'Take over').click();
  await page.getByText('The AI is silent: nothing of it is on its way.').waitFor();
  await page
    .getByTestId('who-answers')
    .getByText(/answers? here; the AI is silent/)
    .waitFor();
  await workspace.must('POST', `/v1/dispatches/${turn.dispatch_id}/reply`, { text: 'On Sunday from noon.' });
  const card = page.getByRole('region', { name: 'Suggestion of the AI' });
  await card.getByText('On Sunday from noon.').waitFor();
  expect(await phone(page).getByText('On Sunday from noon.').count()).toBe(0);
  await card.getByRole('button', { name: 'Send' }).click();
  await phone(page).getByText('On Sunday from noon.').waitFor();
  await card.waitFor({ state: 'detached' });

  await trouble(page, 'Send a photo');
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
  await says(page, 'A table for two, please');
  await thread(page).locator('[data-outcome="suppressed"]').last().waitFor();
  await button(page, 'Give back').click();
  await page.getByLabel('Also answer what the customer wrote meanwhile').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Give back' }).click();
  await phone(page).getByText('You said: A table for two, please').waitFor();
  await thread(page).locator('[data-mode-change="ai"]').waitFor();

  // The AI gives up, and says why: whoever takes over reads it, also later.
  ai.respond({ json: { text: 'One moment, please.', handoff: { reason: 'Wants a refund', summary: 'Order 12, two broken mugs' } } });
  await says(page, 'I want my money back');
  const asked = thread(page).getByRole('region', { name: 'The AI asked for a person' });
  await asked.getByText('Order 12, two broken mugs').waitFor();
  await thread(page).getByText('The AI gave the conversation to people').waitFor();
  await page.reload();
  await asked.getByText('Wants a refund').waitFor();

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
  const [one, other] = [await operators.opens(`/inbox/${id}`), await operators.opens(`/inbox/${id}`, { role: 'operator' })];
  await Promise.all([one, other].map((page) => button(page, 'Take over').waitFor()));
  await one.getByLabel('Your answer').fill('I have this');
  await button(one, 'Send and take over').click();
  for (const page of [one, other]) {
    await thread(page).getByText('I have this').waitFor();
    await row(page, 'Bruno Costa').getByText('Person').waitFor();
  }
  const who = (page: Page) => page.getByTestId('who-answers');
  await who(one).getByText('You answer here; the AI is silent.').waitFor();
  await who(other).getByText('The owner answers here; the AI is silent.').waitFor();
  // It changes hands, and with them the list in which it stands.
  await one.getByRole('link', { name: 'Mine' }).click();
  await row(one, 'Bruno Costa').waitFor();
  await button(other, 'Make it mine').click();
  await who(other).getByText('You answer here').waitFor();
  await row(one, 'Bruno Costa').waitFor({ state: 'detached' });
  await one.goBack();

  // A note: colleagues read it at once, nobody else ever.
  await button(one, 'Note').click();
  await one.getByLabel('Your note for colleagues').fill('He is always in a hurry');
  await one.keyboard.press('Enter');
  for (const page of [one, other]) await thread(page).getByRole('article', { name: 'Note' }).getByText('He is always in a hurry').waitFor();
  await answer(other, 'Can you hear me?');
  expect(await customer.heard(3)).toEqual(['You said: Hello', 'I have this', 'Can you hear me?']);
  await thread(one).getByRole('button', { name: 'Change the note' }).click();
  await one.getByRole('menuitem', { name: 'Delete' }).click();
  await thread(other).getByText('He is always in a hurry').waitFor({ state: 'detached' });
});

test('what happened while the line was down is there once it is back, each thing once and in order', async () => {
  await using line = await cuttableLine(base);
  const customer = workspace.customer(sms, { name: 'Chidi Eze' });
  await customer.says('First');
  await customer.heard(1);
  const { conversation_id: id } = await workspace.conversationOf(customer.address);
  const page = await operators.opens(`/inbox/${id}`, { base: line.url });
  await thread(page).getByText('You said: First').waitFor();
  line.cut();
  await page.getByRole('status').getByText('Reconnecting…').waitFor();
  for (const [index, text] of ['Second', 'Third', 'Fourth'].entries()) {
    await customer.says(text);
    await customer.heard(index + 2);
  }
  const stranger = workspace.customer(sms, { name: 'Dina Haas' });
  await stranger.says('Is anybody there?');
  await stranger.heard(1);
  line.mend();
  await thread(page).getByText('You said: Fourth').waitFor();
  await page.getByRole('status').getByText('Reconnecting…').waitFor({ state: 'detached' });
  await row(page, 'Dina Haas').waitFor();
  await customer.says('Fifth');
  await thread(page).getByText('You said: Fifth').waitFor();
  const heard = await thread(page)
    .getByRole('article', { name: 'Customer' })
    .locator('p')
    .evaluateAll((all) =>
      all.map((one) => (one as unknown as { textContent: string }).textContent).filter((text) => /^[A-Z][a-z]+$/.test(text)),
    );
  expect(heard).toEqual(['First', 'Second', 'Third', 'Fourth', 'Fifth']);
});

test('outside WhatsApp’s window only a template goes; after STOP nothing', async () => {
  const from = workspace.customer(whatsapp).address;
  const write = (text: string, timestamp: Date) =>
    fetch(whatsapp.webhook_url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'message', id: crypto.randomUUID(), channel: 'whatsapp', from, to: whatsapp.address, text, timestamp }),
    });
  ai.respond({ json: {} });
  await write('Yesterday', new Date(Date.now() - 25 * 60 * 60 * 1000));
  const page = await operators.opens();
  await page
    .getByTestId('conversation-list')
    .getByRole('link', { name: /Yesterday/ })
    .click();
  const form = page.getByRole('form', { name: 'Send a template' });
  await form.getByLabel('Template').fill('appointment_reminder');
  await form.getByRole('button', { name: 'Send template' }).click();
  await thread(page).locator('[data-status="read"]').waitFor();
  await write('I am back', new Date());
  await page
    .getByTestId('window-left')
    .getByText(/WhatsApp: 2[34] h .* left/)
    .waitFor();
  await write('STOP', new Date());
  await page.getByText('The customer has opted out.').waitFor();
  expect(await page.getByLabel('Your answer').count()).toBe(0);
});

test('the list is moved through, searched and narrowed by keyboard and menus', async () => {
  const [ada, eve] = ['Ada Obi', 'Eve Novak'].map((name) => workspace.customer(sms, { name }));
  for (const customer of [ada!, eve!]) {
    await customer.says('A table near the window');
    await customer.heard(1);
  }
  const page = await operators.opens();
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

const inSettings = ['agents', 'channels', 'replies', 'webhooks', 'keys', 'users', 'opt-outs', 'audit'].map((name) => `/settings/${name}`);

test.each([
  ['wide and light', { width: 1600 }, ['/inbox', '/operations', ...inSettings]],
  ['as a phone, dark', { width: 360, dark: true }, ['/inbox', '/operations', '/settings/agents', '/settings/audit']],
])('every page is accessible: %s', async (_, look, pages) => {
  const customer = workspace.customer(sms, { name: 'Iris Lund' });
  await customer.says('Hello');
  await customer.heard(1);
  const { conversation_id: id } = await workspace.conversationOf(customer.address);
  const page = await operators.opens(`/inbox/${id}`, look);
  await thread(page).getByText('You said: Hello').waitFor();
  await expectAccessible(page);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  for (const at of pages) {
    await goTo(page, at);
    await page.locator(at === '/inbox' ? '[data-testid="conversation-list"]' : 'main').waitFor();
    await expectAccessible(page);
  }
});
