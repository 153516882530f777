import { browserTimeoutMs, openBrowser } from '@baton/testkit/browser/open.ts';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/browser/accessible.ts';
import { consoleLink, signIn } from '../support/browser/sign-in.ts';
import { sharedProduct } from '../support/product.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';
const password = 'lantern cupboard ferry';

let browser: Browser;
let workspace: Workspace;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  workspace = await makeWorkspace(product);
}, browserTimeoutMs);
afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())).then(() => undefined));
afterAll(() => browser?.close());

async function newPage(): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-US' });
  context.setDefaultTimeout(20_000);
  contexts.push(context);
  return context.newPage();
}

const inbox = (page: Page) => page.getByText('No conversations yet').waitFor();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

async function enter(page: Page, email: string, given: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(given);
  await press(page, 'Sign in');
}

test('a link opens the console once, and leaves no trace in the address; a reload stays signed in', async () => {
  const link = await consoleLink(workspace);
  const page = await newPage();
  await page.goto(link);
  await inbox(page);
  expect(page.url()).not.toContain('ott_');
  expect(await page.evaluate('document.cookie')).toBe('');
  await page.reload();
  await inbox(page);
  const other = await newPage();
  await other.goto(link);
  await other.getByText('This link has been used or is too old.').waitFor();
  await expectAccessible(other);
});

test('an owner invites somebody, who chooses a password, signs out and in again, and is told to wait after guessing', async () => {
  const owner = await newPage();
  await signIn(owner.context(), workspace);
  await owner.goto(`${base}/settings/users`);
  await press(owner, 'New person');
  const dialog = owner.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Ada Obi');
  await dialog.getByLabel('E-mail').fill('ada@trattoria.example');
  await dialog.getByRole('button', { name: 'Create' }).click();
  const link = (await dialog.locator('code').textContent()) ?? '';

  const page = await newPage();
  await page.goto(link);
  expect(page.url()).not.toContain('ott_');
  const choose = async (one: string, other: string) => {
    await page.getByLabel('New password').fill(one);
    await page.getByLabel('Once more').fill(other);
    await press(page, 'Set password and sign in');
  };
  await choose(password, 'another cupboard');
  await page.getByText('The two passwords are different.').waitFor();
  await choose('Password1234!', 'Password1234!');
  await page.getByText('This password is too easily guessed.').waitFor();
  await expectAccessible(page);
  await choose(password, password);
  await inbox(page);

  await press(page, 'Ada Obi');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await enter(page, 'ada@trattoria.example', 'wrong wrong wrong');
  await page.getByText('The e-mail address or the password is wrong.').waitFor();
  await enter(page, 'ada@trattoria.example', password);
  await inbox(page);

  const phone = await newPage();
  await phone.goto(`${base}/sign-in`);
  await enter(phone, 'ada@trattoria.example', password);
  await inbox(phone);
  await press(page, 'Ada Obi');
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  const account = page.getByRole('dialog');
  await account.getByRole('button', { name: 'Sign out' }).click();
  await phone.getByText('You have been signed out.').waitFor();
  await account.getByLabel('Present password').fill(password);
  await account.getByLabel('New password').fill('window kettle marble');
  await account.getByRole('button', { name: 'Change password' }).click();
  await account.getByText('Your password is changed.').waitFor();
  await expectAccessible(page);
  await enter(phone, 'ada@trattoria.example', 'window kettle marble');
  await inbox(phone);

  const stranger = await newPage();
  await stranger.goto(`${base}/sign-in`);
  for (let attempt = 0; attempt < 6; attempt++) {
    const answered = stranger.waitForResponse('**/v1/sessions');
    await enter(stranger, 'nobody@trattoria.example', 'wrong wrong wrong');
    await answered;
    await stranger.getByRole('button', { name: 'Sign in', exact: true }).and(stranger.locator(':enabled')).waitFor();
  }
  await stranger.getByText(/Too many attempts\. Wait \d+ s/).waitFor();
});

test('who is signed out elsewhere is told so, and comes back to where they were', async () => {
  const body = { email: 'eve@trattoria.example', display_name: 'Eve', role: 'owner' };
  const { user_id } = await workspace.must('POST', '/v1/users', body);
  const { url } = await workspace.must('POST', `/v1/users/${user_id}/invite`);
  const page = await newPage();
  await page.goto(url);
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('Once more').fill(password);
  await press(page, 'Set password and sign in');
  await inbox(page);
  await page.goto(`${base}/settings/channels`);
  await page.getByRole('heading', { name: 'Channels' }).waitFor();
  const { sessions } = await workspace.must('GET', `/v1/sessions?user_id=${user_id}`);
  await workspace.call('DELETE', `/v1/sessions/${sessions[0].session_id}`);
  // Nothing is pressed: the stream ends, and coming back is refused.
  await page.getByText('You have been signed out.').waitFor();
  await enter(page, body.email, password);
  await page.getByRole('heading', { name: 'Channels' }).waitFor();
});

test('who may only read sees no button that would be refused, and why', async () => {
  const page = await newPage();
  await signIn(page.context(), workspace, 'viewer');
  await page.goto(`${base}/settings/users`);
  const button = page.getByRole('button', { name: 'New person' });
  await button.waitFor();
  expect([await button.isDisabled(), await button.getAttribute('title')]).toEqual([true, 'Only owners may change this.']);
});

test('where the company has a provider of its own the sign-in leads there, and says what came of it', async () => {
  const page = await newPage();
  const start = `${base}/v1/sessions/oidc/start`;
  // This product has none: the way itself is walked in services/gateway/test/oidc.int.test.ts.
  await page.route('**/v1/sessions/options', (route) => route.fulfill({ json: { oidc: { label: 'Trattoria ID', start_url: start } } }));
  await page.goto(`${base}/sign-in#problem=unknown`);
  await page.getByText('Nobody here has your address.').waitFor();
  expect(page.url()).toBe(`${base}/sign-in`);
  expect(await page.getByRole('link', { name: 'Sign in with Trattoria ID' }).getAttribute('href')).toBe(start);
  await expectAccessible(page);
});
