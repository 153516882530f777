import { eventually } from '@baton/testkit/eventually.ts';
import { startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { must } from '../support/api.ts';
import { sharedProduct } from '../support/product.ts';
import { type Heard, hearEvents, PublishedEvents } from '../support/published-events.ts';
import { Stage } from '../support/stage.ts';
import { freshNumber, makeWorkspace, type Workspace } from '../support/workspace.ts';

const product = sharedProduct();
const hour = 3_600_000;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open(product);
});
afterAll(() => stage?.[Symbol.asyncDispose]());

test('every event that docs/asyncapi.yaml promises is published, by the subject and in the shape that it gives', async () => {
  const published = new PublishedEvents();
  const heard: Heard[] = [...(await onThePhone()), ...(await atTheProvider())];
  for (const { subject, event } of heard)
    expect(published.problemOf(subject, event), `${subject} ${JSON.stringify(event)}`).toBeUndefined();
  const types = new Set(heard.map(({ event }) => event.event_type));
  expect(published.publicTypes.filter((type) => !types.has(type))).toEqual([]);
  expect(heard.some(({ subject }) => subject.startsWith('inbound.message.'))).toBe(true);
});

/** A life with the simulated phone, which confirms all it gets: replies, words that stop and start, a takeover, a window that closes; and a subscriber who has gone. */
async function onThePhone(): Promise<Heard[]> {
  const workspace = await makeWorkspace(product);
  await using events = await hearEvents(product, workspace.workspaceId);
  await using subscriber = await startFakeSubscriber();
  subscriber.respond({ status: 410 });
  await workspace.must('POST', '/v1/webhooks', { url: subscriber.url });
  const sms = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550181' });
  const whatsapp = await workspace.addChannel({ provider: 'simulator', channel: 'whatsapp', address: '+12025550182' });
  const customer = workspace.customer(sms, { name: 'Ada' });
  await customer.says('Hello');
  await customer.heard(1);
  const path = `/v1/conversations/${(await workspace.conversationOf(customer.address)).conversation_id}`;
  await customer.says('stop');
  await customer.says('start');
  await workspace.must('PATCH', path, { ai_mode: 'human' });
  await workspace.must('POST', `${path}/notes`, { text: 'Likes peanuts' });
  await workspace.must('PATCH', path, { tags: ['vip'], subject: 'Peanuts' });
  // Written so long ago that less than an hour of its window is left.
  const late = {
    type: 'message',
    id: crypto.randomUUID(),
    channel: 'whatsapp',
    from: freshNumber(),
    to: whatsapp.address,
    text: 'Still there?',
    timestamp: new Date(Date.now() - 23.2 * hour).toISOString(),
  };
  await must('POST', `${product.ingestUrls[0]}/providers/simulator/${whatsapp.channel_account_id}`, { body: late });
  await has(
    events.heard,
    'message.read',
    'message.opt_in',
    'conversation.note_changed',
    'conversation.updated',
    'window.closing',
    'webhook.disabled',
  );
  return events.heard;
}

/** What goes wrong: an AI that asks for a person, one that fails, and a provider that refuses. */
async function atTheProvider(): Promise<Heard[]> {
  const workspace = await stage.workspace({ timeoutMs: 5_000 });
  await using events = await hearEvents(product, workspace.workspaceId);
  stage.ai.respond({ json: { text: 'I get a colleague.', handoff: { reason: 'asked_for_a_person', summary: 'Broken vase' } } });
  await stage.writes(workspace, 'My vase is broken');
  await has(events.heard, 'conversation.handoff_requested');
  stage.ai.respond({ status: 400 });
  await stage.writes(workspace, 'Anyone?');
  await has(events.heard, 'dispatch.failed');
  await notedAbout(workspace, events.heard);
  stage.ai.respond();
  stage.provider.respond({ status: 400, json: { code: 21211, message: 'No such number', status: 400 } });
  await stage.writes(workspace, 'Hello?');
  await has(events.heard, 'message.failed');
  return events.heard;
}

/** What people note about a conversation reaches neither its AI nor its customer, and no event says it. */
async function notedAbout(workspace: Workspace, heard: Heard[]): Promise<void> {
  const word = `Canary${crypto.randomUUID()}`;
  stage.ai.respond();
  const thread = await stage.answered(workspace, 'Is it open today?');
  await workspace.must('POST', `${thread.path}/notes`, { text: `Beware: ${word}` });
  await thread.says('And tomorrow?');
  await stage.expectHeard(thread, ['You said: Is it open today?', 'You said: And tomorrow?']);
  await has(heard, 'conversation.note_changed');
  const { notes } = await workspace.must('GET', `${thread.path}/notes`);
  expect(notes).toMatchObject([{ text: `Beware: ${word}` }]);
  expect(JSON.stringify([stage.ai.calls, stage.provider.calls, heard])).not.toContain(word);
}

async function has(heard: Heard[], ...types: string[]): Promise<void> {
  const missing = () => types.filter((type) => !heard.some(({ event }) => event.event_type === type));
  await eventually(missing, (left) => left.length === 0, { timeoutMs: 20_000, what: types.join(', ') });
}
