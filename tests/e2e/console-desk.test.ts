import { serverOptions } from '@baton/bus/connect.ts';
import { browserTimeoutMs, openBrowser } from '@baton/testkit/browser/open.ts';
import { type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/browser/accessible.ts';
import { answer, button, Operators, phone, says, thread, trouble } from '../support/browser/operator.ts';
import { sharedProduct } from '../support/product.ts';
import { type Account, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const base = product.gatewayUrls[0] ?? '';

let ai: FakeAi;
let browser: Browser;
let workspace: Workspace;
let operators: Operators;
let sms: Account;

beforeAll(async () => {
  ai = await startFakeAi();
  browser = await openBrowser();
  workspace = await makeWorkspace(product);
  operators = new Operators({ browser, base, workspace: () => workspace });
  sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550110' });
}, browserTimeoutMs);

afterEach(() => operators.leave());

afterAll(async () => {
  await browser?.close();
  await ai?.[Symbol.asyncDispose]();
});

test('an agent is made with a webhook, tried without anybody hearing of it, and changed', async () => {
  const page = await operators.opens('/settings/agents');
  await button(page, 'New agent').click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Clara');
  await form.getByLabel('Approval').selectOption('required');
  await form.getByRole('group', { name: 'Shadow' }).getByLabel('Reached by').selectOption('echo');
  await form.getByLabel('Address', { exact: true }).fill(ai.url);
  await expectAccessible(page);
  await button(form, 'Create').click();
  await form.getByText(/^whsec_/).waitFor();
  await button(form, 'Close').last().click();

  await page.getByRole('row', { name: /Clara/ }).getByRole('button', { name: 'Try it' }).click();
  const tried = page.getByRole('dialog');
  await tried.getByLabel('Customer').fill('Do you deliver?');
  await button(tried, 'Try it').click();
  await tried.getByText('You said: Do you deliver?').waitFor();
  expect(ai.calls.map(({ headers }) => headers['webhook-signature'])).toEqual([expect.stringMatching(/^v1,/)]);
  await page.keyboard.press('Escape');

  await button(page, 'Edit: Clara').click();
  const edit = page.getByRole('dialog');
  expect(await edit.getByLabel('Address', { exact: true }).inputValue()).toBe(ai.url);
  await edit.getByLabel('Reached by').first().selectOption('openai');
  await button(edit, 'Save').click();
  expect(
    await edit
      .getByLabel('Model', { exact: true })
      .evaluate((field) => (field as unknown as { validity: { valid: boolean } }).validity.valid),
  ).toBe(false);
  await edit.getByLabel('Model', { exact: true }).fill('small');
  await edit.getByLabel('System prompt').fill('You are {{agent.nickname}}.');
  await button(edit, 'Save').click();
  await edit.getByText(/has unknown variables/).waitFor();
  await edit.getByLabel('System prompt').fill('You are {{agent.display_name}}.');
  await edit.getByLabel('Text when the AI fails').fill('One moment, please.');
  await button(edit, 'Save').click();
  await edit.waitFor({ state: 'detached' });
  const { agents } = await workspace.must('GET', '/v1/agents');
  expect(agents.find(({ display_name }: { display_name: string }) => display_name === 'Clara')).toMatchObject({
    approval: 'required',
    fallback_text: 'One moment, please.',
    backend: { kind: 'openai', model: 'small', system_prompt: 'You are {{agent.display_name}}.', handoff_tool: true },
    shadow_backend: { kind: 'echo' },
  });
});

test('a channel is made, and shows when it last received as it receives', async () => {
  const page = await operators.opens('/settings/channels');
  await button(page, 'New channel').click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Provider').selectOption('email');
  await form.getByRole('group', { name: 'smtp' }).getByLabel('host').waitFor();
  await form.getByLabel('Provider').selectOption('simulator');
  await form.getByLabel('Channel').selectOption('telegram');
  await form.getByLabel('Address').fill('rosa_bot');
  await button(form, 'Create').click();
  const row = page.getByRole('row', { name: /rosa_bot/ });
  await row.getByText('Never').waitFor();
  const { channels } = await workspace.must('GET', '/v1/channels');
  const made = channels.find(({ address }: Account) => address === 'rosa_bot');
  await workspace.customer(made).says('Ciao');
  await row.locator('time').waitFor();
});

test('the phone: a provider that refuses, receipts that come late, and a saved reply by its shortcut', async () => {
  await workspace.must('POST', '/v1/canned-replies', { shortcut: 'hours', title: 'Opening hours', text: 'We are open until ten.' });
  const page = await operators.opens();
  await button(page, 'Phone simulator').click();
  await phone(page).getByLabel('Writes to').selectOption({ label: 'Writes to SMS +1 202 555 0110' });
  await says(page, 'Hello');
  await phone(page).getByText('Echo: Hello').waitFor();
  // The list may still have somebody else's conversation at its top.
  await page.getByTestId('conversation-list').getByRole('link').filter({ hasText: 'Echo: Hello' }).click();
  await thread(page).getByText('Echo: Hello').waitFor();
  const own = (text: string) => thread(page).getByRole('article', { name: 'Colleague' }).filter({ hasText: text });
  await trouble(page, 'Is refused by the provider');
  await phone(page).getByText('The provider will refuse the next message').waitFor();
  await answer(page, 'This will not come');
  await own('This will not come').locator('[data-status="failed"]').waitFor();
  expect(await phone(page).getByText('This will not come').count()).toBe(0);

  await page.getByLabel('Your answer').fill('Good evening. /hou');
  await page.getByRole('option', { name: /Opening hours/ }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.getByLabel('Your answer').inputValue()).toBe('Good evening. We are open until ten.');
  expect(await page.getByTestId('sms-counter').textContent()).toBe('1 SMS · 124 left');
  await trouble(page, 'Its receipts come 30 s late');
  await phone(page).getByText('receipts will come late').waitFor();
  await page.getByLabel('Your answer').press('Enter');
  await phone(page).getByText('Good evening. We are open until ten.').waitFor();
  await own('Good evening').locator('[data-status="sent"]').waitFor();
});

test('a first visit loads at most 200 kB of script before the inbox can be used', async () => {
  const customer = workspace.customer(sms);
  await customer.says('Good evening');
  await customer.heard(1);
  const page = await operators.opens('/inbox');
  await page.getByTestId('conversation-list').getByRole('link').first().waitFor();
  const { scripts, ms } = (await page.evaluate(`({
    scripts: performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, one) => sum + one.encodedBodySize, 0),
    ms: Math.round(performance.now()),
  })`)) as { scripts: number; ms: number };
  console.info(`the first visit loaded ${Math.round(scripts / 1000)} kB of script and could be used after ${ms} ms`);
  expect(scripts).toBeGreaterThan(50_000);
  expect(scripts).toBeLessThanOrEqual(200_000);
  // The field takes what is typed: the page does not only look ready.
  await page.locator('body').press('/');
  await page.keyboard.type('Hello');
  expect(await page.getByRole('searchbox').inputValue()).toBe('Hello');
});

test('operations: figures of what was just done, and a dead letter is tried again', async () => {
  const customer = workspace.customer(sms);
  await customer.says('For the figures');
  await customer.heard(1);
  const poison = `{"text": "my secret is 42", oops`;
  const nats = await connect(serverOptions(product.natsUrl));
  await jetstream(nats).publish(`inbound.message.p03.${workspace.workspaceId}.${sms.channel_account_id}`, poison);
  await nats.close();
  const page = await operators.opens('/operations');
  await page.getByText('What became of the AI’s turns').waitFor();
  await page.getByText('Answered by the AI').waitFor();
  await page.getByRole('img', { name: /^Messages per minute: Received \d/ }).waitFor();
  await page
    .getByRole('row', { name: /INBOUND/ })
    .first()
    .waitFor();
  const letters = page.getByRole('region', { name: 'Dead letters' });
  await letters.getByRole('button', { name: 'Try again' }).click();
  await letters.getByText('Tried again').waitFor();
  // It is poison still, so it comes back as another.
  await letters.getByText('Open').waitFor();
  await expectAccessible(page);
});

test('a past turn is put to another AI, and both answers stand side by side', async () => {
  const customer = workspace.customer(sms);
  await customer.says('Do you have a garden?');
  await customer.heard(1);
  const page = await operators.opens('/settings/replays');
  await button(page, 'New replay').click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('With the webhook');
  await form.getByLabel('Turns of').selectOption(workspace.agentId);
  await form.getByLabel('Address').fill(ai.url);
  await form.getByLabel('Signing secret').fill(`whsec_${Buffer.alloc(24, 3).toString('base64')}`);
  await button(form, 'Create').click();
  const row = page.getByRole('row', { name: /With the webhook/ });
  await row.getByText('Done').waitFor();
  await expectAccessible(page);
  await button(row, 'Compare').click();
  const turn = page.getByRole('article').filter({ hasText: 'Do you have a garden?' });
  await turn.getByRole('region', { name: 'Then' }).getByText('Echo: Do you have a garden?').waitFor();
  await turn.getByRole('region', { name: 'Now' }).getByText('You said: Do you have a garden?').waitFor();
});
