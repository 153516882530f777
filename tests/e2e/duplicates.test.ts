import { startFakeAi } from '@baton/testkit/fake-ai.ts';
import { startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { expect, test } from 'vitest';
import { openDatabase } from '../support/database.ts';
import { tapInbound } from '../support/inbound-tap.ts';
import { sharedProduct } from '../support/product.ts';
import { deliver, signedByTwilio } from '../support/webhooks.ts';
import { freshNumber, makeWorkspace } from '../support/workspace.ts';

const product = sharedProduct();
const twilio = { account_sid: `AC${'d'.repeat(32)}`, auth_token: '0123456789abcdef0123456789abcdef' };
const secret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;

test('one webhook, a hundred times at once and again later, is one message and one reply', async () => {
  await using ai = await startFakeAi({ secret });
  await using provider = await startFakeProvider({ twilio });
  await using database = openDatabase(product);
  const workspace = await makeWorkspace(product, { backend: { kind: 'webhook', url: ai.url, secret } });
  const credentials = { ...twilio, api_base: provider.url };
  const account = await workspace.addChannel({ provider: 'twilio', channel: 'sms', address: '+12025550181', credentials });
  const from = freshNumber();
  const form = (sid: string, body: string) =>
    signedByTwilio(twilio.auth_token, account.webhook_url, { MessageSid: sid, From: from, To: account.address, Body: body, NumMedia: '0' });

  const once = form('SMonce', 'Only once');
  const answers = await Promise.all(Array.from({ length: 100 }, () => deliver(once)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
  await provider.waitForAccepted(1);
  for (let time = 0; time < 10; time += 1) expect((await deliver(once)).status).toBe(200);

  // A message after them all: when it is answered, whatever the hundred had left is before it.
  await deliver(form('SMafter', 'After them all'));
  await provider.waitForAccepted(2);
  expect(provider.calls.map(({ text }) => text)).toEqual(['You said: Only once', 'You said: After them all']);
  expect(ai.calls).toHaveLength(2);
  const rows = await database.rows('select direction, text from conversation.message where workspace_id = $1 order by sequence', [
    workspace.workspaceId,
  ]);
  expect(rows.map(({ direction, text }) => `${direction} ${text}`)).toEqual([
    'inbound Only once',
    'outbound You said: Only once',
    'inbound After them all',
    'outbound You said: After them all',
  ]);
  const dispatches = await database.rows('select outcome from conversation.dispatch where workspace_id = $1', [workspace.workspaceId]);
  expect(dispatches).toEqual([{ outcome: 'replied' }, { outcome: 'replied' }]);
});

test('a repeat that JetStream has forgotten is still no second message', async () => {
  await using database = openDatabase(product);
  const workspace = await makeWorkspace(product);
  await using tap = await tapInbound(product, workspace);
  const account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550182' });
  const customer = workspace.customer(account);
  await customer.says('Only once');
  await customer.heard(1);
  const first = tap.published.find(({ subject }) => subject.startsWith('inbound.message.'));
  for (let time = 0; first && time < 3; time += 1) await tap.repeat(first);
  await customer.says('And now another');
  expect(await customer.heard(2)).toEqual(['Echo: Only once', 'Echo: And now another']);
  expect(tap.published.filter(({ data }) => data === first?.data)).toHaveLength(4);
  const rows = await database.rows("select text from conversation.message where workspace_id = $1 and direction = 'inbound'", [
    workspace.workspaceId,
  ]);
  expect(rows).toEqual([{ text: 'Only once' }, { text: 'And now another' }]);
});
