import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sharedProduct } from '../support/product.ts';
import { Stage } from '../support/stage.ts';
import type { Workspace } from '../support/workspace.ts';

const product = sharedProduct();

let stage: Stage;
let workspace: Workspace;

beforeAll(async () => {
  stage = await Stage.open(product);
  workspace = await stage.workspace({ timeoutMs: 20_000 });
});

afterEach(() => {
  stage.ai.respond();
  stage.provider.respond();
});

afterAll(() => stage?.[Symbol.asyncDispose]());

/** A text of numbered sentences, and the parts that Twilio's 1,600 characters make of it. */
function longText(parts: number): { text: string; parts: string[] } {
  const sentence = (part: number) => `Part ${part} of what is to be said about it. `;
  const made = Array.from({ length: parts }, (_, part) =>
    sentence(part)
      .repeat(Math.floor(1600 / sentence(part).length))
      .trim(),
  );
  return { text: made.join(' '), parts: made };
}

test('an answer that is too long for one message reaches the customer as several, in order', async () => {
  const { text, parts } = longText(3);
  stage.ai.respond({ json: { text } });
  const customer = await stage.writes(workspace, 'Tell me all');
  await stage.expectHeard(customer, parts);
  expect((await stage.settled(customer, 1)).reply_message_ids).toHaveLength(3);
});

test('a takeover in the middle of a long answer keeps the rest of it from the customer', async () => {
  const { text, parts } = longText(3);
  const gate = stage.holdSends((sent) => sent === parts[0]);
  stage.ai.respond({ json: { text } });
  const customer = await stage.writes(workspace, 'Tell me all');
  await stage.calledWith(customer, parts[0]!);
  const taken = await workspace.must('PATCH', customer.path, { ai_mode: 'human' });
  expect(taken.in_flight).toMatchObject([{ text: parts[0], status: 'sending' }]);
  gate.open();
  await stage.expectOnlyHeard(customer, [parts[0]!]);
  const { messages } = await workspace.must('GET', `${customer.path}/messages?author=ai&order=asc`);
  expect(messages.map((message: { status: string }) => message.status)).toEqual(['sent', 'cancelled', 'cancelled']);
});

test('a person’s long text is answered with the ids of all that it became; one that is far too long is refused by its field', async () => {
  const customer = await stage.answered(workspace, 'Hello');
  const { text, parts } = longText(2);
  const sent = await workspace.must('POST', `${customer.path}/messages`, { body: text });
  expect(sent).toMatchObject({ text: parts[0], segments: 11, message_ids: [sent.message_id, expect.stringMatching(/^msg_/)] });
  await stage.expectHeard(customer, ['You said: Hello', ...parts]);
  const refused = await workspace.call('POST', `${customer.path}/messages`, { body: { body: longText(11).text } });
  expect(refused).toMatchObject({ status: 422, body: { code: 'content_unsupported', errors: [{ path: '/body' }] } });
});

/** What reached this customer, in order: not what the provider refused. */
const reached = (address: string) =>
  stage.provider
    .accepted()
    .filter(({ to }) => to === address)
    .map(({ text }) => text);

test('a provider that has too much pauses its account alone: nothing else of it is even tried, others go on, and the order of each conversation stays', async () => {
  const other = await stage.workspace({ timeoutMs: 20_000 });
  const [first, second] = [await stage.answered(workspace, 'Hello'), await stage.answered(workspace, 'Hello')];
  const elsewhere = await stage.answered(other, 'Hello');
  const refused: string[] = [];
  let until: number | undefined;
  stage.provider.respond(({ to, text }) => {
    until ??= Date.now() + 5500;
    if (to === elsewhere.address || Date.now() > until) return 'accept';
    refused.push(text);
    return { status: 429, json: { code: 20429, message: 'Too Many Requests', status: 429 }, headers: { 'retry-after': '6' } };
  });
  await workspace.must('POST', `${first.path}/messages`, { body: 'One' });
  await eventually(
    () => refused.length,
    (count) => count > 0,
  );
  await workspace.must('POST', `${first.path}/messages`, { body: 'Two' });
  await workspace.must('POST', `${second.path}/messages`, { body: 'To somebody else' });
  await other.must('POST', `${elsewhere.path}/messages`, { body: 'Through another account' });
  await eventually(
    () => reached(elsewhere.address),
    (texts) => texts.includes('Through another account'),
  );
  await eventually(
    () => reached(first.address),
    (texts) => texts.includes('Two'),
    { timeoutMs: 20_000 },
  );
  await eventually(
    () => reached(second.address),
    (texts) => texts.includes('To somebody else'),
  );
  expect(reached(first.address)).toEqual(['You said: Hello', 'One', 'Two']);
  expect(refused).toEqual(['One']);
});
