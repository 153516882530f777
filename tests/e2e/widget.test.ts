import { createHmac } from 'node:crypto';
import { browserTimeoutMs, openBrowser } from '@baton/testkit/browser/open.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Json } from '../support/api.ts';
import { expectAccessible } from '../support/browser/accessible.ts';
import { type HostPage, startHostPage } from '../support/browser/host-page.ts';
import { sharedProduct } from '../support/product.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();

const identitySecret = 'a-secret-of-the-host';

let host: HostPage;
let browser: Browser;
let workspace: Workspace;
let channelId: string;
const contexts: BrowserContext[] = [];
/** What pages complained of: a policy broken, a script that failed. */
const complaints: string[] = [];

beforeAll(async () => {
  host = await startHostPage(product);
  browser = await openBrowser();
  workspace = await makeWorkspace(product);
  channelId = await webAccount([host.origin]);
}, browserTimeoutMs);

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  expect(complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await host?.[Symbol.asyncDispose]();
});

async function webAccount(origins: string[]): Promise<string> {
  const account = {
    provider: 'web',
    channel: 'web',
    address: 'shop.example',
    credentials: { allowed_origins: origins, identity_secret: identitySecret },
  };
  const { channel_account_id: id } = await workspace.addChannel(account);
  // Every instance watches the directory on its own.
  await eventually(async () => (await fetch(`${product.gatewayUrls[0]}/widget/${id}/messages`)).status === 401);
  return id;
}

/** A visitor's browser, with nothing in it. */
async function newVisitor(): Promise<BrowserContext> {
  // Half faded in, a text has no contrast: axe must not meet the window while it opens.
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(20_000);
  contexts.push(context);
  return context;
}

async function visit(context: BrowserContext, id = channelId, attributes: Record<string, string> = {}): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => /Content Security Policy|Trusted/i.test(message.text()) && complaints.push(message.text()));
  await page.goto(host.urlOf(id, attributes));
  return page;
}

const launcher = (page: Page) => page.getByRole('button', { name: /^Open chat/ });
const dialog = (page: Page) => page.getByRole('dialog');
const log = (page: Page) => page.getByRole('log', { name: 'Messages' });
const line = (page: Page, text: string) => log(page).getByText(text, { exact: true });

async function openChat(page: Page): Promise<void> {
  await launcher(page).click();
  await dialog(page).waitFor();
}

async function write(page: Page, text: string, label = 'Your message'): Promise<void> {
  await page.getByRole('textbox', { name: label }).fill(text);
  await page.keyboard.press('Enter');
}

/** All that is said in the log, in order. */
const said = (page: Page): Promise<string[]> => log(page).locator('.text').allTextContents();

async function appears(what: Locator): Promise<void> {
  await what.waitFor({ state: 'visible' });
}

/** The conversation that holds this text. */
async function conversationWith(text: string): Promise<Json> {
  return eventually(async () => {
    const { hits } = await workspace.must('GET', `/v1/conversations/search?query=${encodeURIComponent(text)}`);
    return hits[0]?.conversation;
  });
}

test('a visitor writes and is answered; a reload shows the same and repeats nothing; nobody else sees it', async () => {
  const context = await newVisitor();
  const page = await visit(context);
  await openChat(page);
  await appears(page.getByText('You are talking to an AI assistant'));
  await write(page, 'Do you deliver?');
  await appears(line(page, 'Echo: Do you deliver?'));
  expect(await said(page)).toEqual(['Do you deliver?', 'Echo: Do you deliver?']);
  await page.reload();
  await openChat(page);
  await appears(line(page, 'Echo: Do you deliver?'));
  expect(await said(page)).toEqual(['Do you deliver?', 'Echo: Do you deliver?']);
  const { conversation_id: id } = await conversationWith('Do you deliver?');
  const read = ({ messages }: Json) => messages.every(({ direction, status }: Json) => direction === 'inbound' || status === 'read');
  await eventually(() => workspace.must('GET', `/v1/conversations/${id}/messages`), read, { what: 'the answer being read' });
  const stranger = await visit(await newVisitor());
  await openChat(stranger);
  await appears(stranger.getByText('You are talking to an AI assistant'));
  expect(await said(stranger)).toEqual([]);
});

test('a person takes over in between, by name; the AI is silent, and no text becomes markup', async () => {
  const page = await visit(await newVisitor());
  await openChat(page);
  await write(page, 'I need a person');
  await appears(line(page, 'Echo: I need a person'));
  const { conversation_id: id } = await conversationWith('I need a person');
  const body = '<img src=x onerror=alert(1)> see https://shop.example/help.';
  const attachments = [{ url: 'https://shop.example/menu.pdf', content_type: 'application/pdf', size: 5000, name: 'Menu' }];
  await workspace.must('POST', `/v1/conversations/${id}/messages`, { body, sender_name: 'Grace', attachments });
  await appears(log(page).getByRole('link', { name: /^Menu \(5 KiB\)/ }));
  await appears(log(page).getByText('<img src=x onerror=alert(1)> see', { exact: false }));
  await appears(page.getByText('You are talking to a person'));
  await appears(log(page).getByText(/^Grace · /));
  const link = log(page).getByRole('link', { name: /^https:\/\/shop\.example\/help/ });
  expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
    'https://shop.example/help',
    'noopener noreferrer nofollow',
  ]);
  expect(await log(page).locator('img').count()).toBe(0);
  await write(page, 'Thank you');
  await appears(page.getByText('Sent', { exact: true }));
  const suppressed = ({ dispatches }: Json) => dispatches[0]?.reason === 'mode_human';
  await eventually(() => workspace.must('GET', `/v1/conversations/${id}/dispatches`), suppressed, { what: 'the silence of the AI' });
  expect((await said(page)).at(-1)).toBe('Thank you');
});

test('what is written offline is sent in order after half a minute, once, also after a reload; two tabs show the same', async () => {
  const context = await newVisitor();
  const page = await visit(context);
  await page.clock.install();
  await page.reload();
  await openChat(page);
  await write(page, 'Before');
  await appears(line(page, 'Echo: Before'));
  await context.setOffline(true);
  await write(page, 'First, offline');
  await write(page, 'Second, offline');
  await appears(page.getByText('You are offline.', { exact: false }));
  expect(await page.getByText('Waiting for the connection', { exact: true }).count()).toBe(2);
  await page.clock.fastForward('00:35');
  await context.setOffline(false);
  // What came together is answered together.
  await appears(log(page).getByText(/^Echo: [\s\S]*Second, offline$/));
  // Ingest is away: what is written stays, through a reload as well.
  await context.route('**/providers/web/**', (route) => route.abort());
  await write(page, 'Third, before a reload');
  await page.reload();
  const other = await visit(context);
  await Promise.all([openChat(page), openChat(other)]);
  await Promise.all([appears(line(page, 'Third, before a reload')), appears(line(other, 'Third, before a reload'))]);
  await context.unroute('**/providers/web/**');
  await Promise.all([page, other].map((tab) => appears(line(tab, 'Echo: Third, before a reload'))));
  await write(other, 'From the other tab');
  await Promise.all([page, other].map((tab) => appears(line(tab, 'Echo: From the other tab'))));
  const own = ['Before', 'First, offline', 'Second, offline', 'Third, before a reload', 'From the other tab'];
  for (const tab of [page, other]) expect((await said(tab)).filter((text) => !text.startsWith('Echo: '))).toEqual(own);
  const { conversation_id: id } = await conversationWith('From the other tab');
  const { messages } = await workspace.must('GET', `/v1/conversations/${id}/messages?page_size=50&order=asc`);
  expect(messages.filter(({ direction }: Json) => direction === 'inbound').map(({ text }: Json) => text)).toEqual(own);
});

test('everything works by keyboard and is named for a screen reader; unread answers are counted; it fits 320 pixels', async () => {
  const context = await newVisitor();
  const page = await visit(context);
  await expectAccessible(page);
  await launcher(page).focus();
  await page.keyboard.press('Enter');
  const field = page.getByRole('textbox', { name: 'Your message' });
  expect(await isFocused(field)).toBe(true);
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Tab');
  expect(await isFocused(page.getByRole('button', { name: 'Send' }))).toBe(true);
  await page.keyboard.press('Enter');
  await appears(line(page, 'Echo: By keyboard'));
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'hidden' });
  expect(await isFocused(launcher(page))).toBe(true);
  const { conversation_id: id } = await conversationWith('By keyboard');
  await workspace.must('POST', `/v1/conversations/${id}/messages`, { body: 'While you were away', sender_name: 'Grace' });
  await appears(page.getByRole('button', { name: 'Open chat, unread messages: 1' }));
  await page.setViewportSize({ width: 320, height: 568 });
  await openChat(page);
  await appears(line(page, 'While you were away'));
  const box = await dialog(page).boundingBox();
  expect([box?.x, box?.width]).toEqual([0, 320]);
  expect(await log(page).evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await appears(page.getByRole('button', { name: 'Open chat', exact: true }));
});

test('a user for whom the host vouches finds their talk in another browser, and leaves nothing behind; a refused message is theirs to decide', async () => {
  const hash = createHmac('sha256', identitySecret).update('7\nAda Obi\n').digest('hex');
  const user = { 'user-id': '7', 'user-name': 'Ada Obi', 'user-hash': hash };
  const page = await visit(await newVisitor(), channelId, user);
  await openChat(page);
  const toIngest = '**/providers/web/**';
  await page.route(toIngest, (route) => route.fulfill({ status: 400, headers: { 'access-control-allow-origin': host.origin } }));
  await write(page, 'Not this');
  await write(page, 'Where is my order?');
  expect(
    await eventually(
      () => page.getByText('Not sent').count(),
      (count) => count === 2,
    ),
  ).toBe(2);
  await page.unroute(toIngest);
  await page.getByRole('button', { name: 'Discard' }).first().click();
  await page.getByRole('button', { name: 'Try again' }).click();
  await appears(line(page, 'Echo: Where is my order?'));
  expect(await said(page)).toEqual(['Where is my order?', 'Echo: Where is my order?']);
  const { contact } = await workspace.must('GET', `/v1/conversations/${(await conversationWith('Where is my order?')).conversation_id}`);
  expect(contact).toMatchObject({ name: 'Ada Obi', attributes: { user_id: '7' } });
  const elsewhere = await visit(await newVisitor(), channelId, { ...user, open: '' });
  await appears(line(elsewhere, 'Echo: Where is my order?'));
  await elsewhere.evaluate(() => (globalThis as Json).baton.reset());
  await eventually(
    () => said(elsewhere),
    (texts) => texts.length === 0,
  );
  expect(await elsewhere.evaluate(() => Object.keys((globalThis as Json).localStorage).join())).not.toContain('u.7');
});

test('a page of another origin gets no visitor and no words, and says so; texts come in the page’s language', async () => {
  const elsewhere = await webAccount(['https://shop.example']);
  const page = await visit(await newVisitor(), elsewhere, { language: 'de-AT' });
  await page.getByRole('button', { name: 'Chat öffnen' }).click();
  await write(page, 'Hallo?', 'Ihre Nachricht');
  await appears(page.getByText('Dieser Chat ist zurzeit nicht verfügbar.'));
  const { conversations } = await workspace.must('GET', '/v1/conversations?channel=web&page_size=250');
  expect(conversations.filter(({ last_message_preview: text }: Json) => text === 'Hallo?')).toEqual([]);
});

const isFocused = (what: Locator) => what.evaluate((element: Json) => element.getRootNode().activeElement === element);
