import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answered, event, messageRow, row, settled, status } from './acts.ts';
import { claim, type Harness, inboundMessage, makeWorkspace, record, send, sendReceipt, startHarness, type Workspace } from './harness.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness();
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

type Conversation = { ai_mode: string; mode_epoch: number; message_count: number };
const conversation = (id: string) => row<Conversation>(h, 'select * from conversation.conversation where conversation_id = $1', [id]);
const held = (providerId: string) =>
  row<{ n: number }>(h, 'select count(*)::int as n from conversation.early_echo where provider_message_id = $1', [providerId]);
const heldIs = (providerId: string, n: number) =>
  eventually(
    () => held(providerId),
    (found) => found.n === n,
    { what: `${n} held echoes` },
  );

/** The AI's answer is on its way out; nobody has heard the provider's answer yet. */
async function sending(text: string) {
  const at = await answered(h, w, text);
  expect(await claim(h, w, at.id, at.messageId)).toMatchObject({ kind: 'claimed' });
  const echo = (providerId: string, words = text) =>
    send(h, inboundMessage(w, at.from, { author: 'human', text: words, provider_message_id: providerId }));
  const answer = (outcome: string, providerMessageId = '') =>
    record(h, w, { conversationId: at.id, messageId: at.messageId, claim: 1, outcome, providerMessageId });
  return { ...at, echo, answer };
}

describe('an echo that comes before the answer of the send', () => {
  test('is our own where the answer names it: nobody takes over', async () => {
    const { id, from, echo, answer } = await sending('We open at nine.');
    await echo('own-1');
    await heldIs('own-1', 1);
    await answer('sent', 'own-1');
    await heldIs('own-1', 0);
    await settled(h, w, from);
    expect(await conversation(id)).toMatchObject({ ai_mode: 'ai', mode_epoch: 1, message_count: 3 });
  });

  test('is a person’s where the answer names another message, although the words are the same', async () => {
    const { id, echo, answer } = await sending('One moment, please.');
    await echo('theirs-1');
    await heldIs('theirs-1', 1);
    await answer('sent', 'ours-1');
    await event(h, id, 'conversation.mode_changed');
    await heldIs('theirs-1', 0);
    expect(await conversation(id)).toMatchObject({ ai_mode: 'human', mode_epoch: 2, message_count: 3 });
  });

  test('with other words takes over at once, while the send is under way', async () => {
    const { id, echo, messageId } = await sending('The AI says this.');
    await echo('theirs-2', 'I say something else.');
    await event(h, id, 'conversation.mode_changed');
    expect(await held('theirs-2')).toEqual({ n: 0 });
    expect(await messageRow(h, messageId)).toMatchObject({ status: 'sending' });
  });

  test('tells that a send of unknown fate has arrived', async () => {
    const { id, messageId, echo, answer } = await sending('Did you get this?');
    await echo('own-2');
    await heldIs('own-2', 1);
    await answer('unknown');
    expect(await status(h, messageId, 'sent')).toMatchObject({ provider_message_id: 'own-2' });
    await heldIs('own-2', 0);
    expect(await conversation(id)).toMatchObject({ ai_mode: 'ai', mode_epoch: 1, message_count: 2 });
    await sendReceipt(h, { workspace_id: w.workspaceId, channel_account_id: w.sms, provider_message_id: 'own-2', status: 'read' });
    await status(h, messageId, 'read');
  });

  test('and in the same moment as it, forty times over: never a takeover, never a second copy', async () => {
    const runs = await Promise.all(Array.from({ length: 40 }, (_, n) => sending(`Answer ${n}`)));
    // Half of them with the echo in the stream first, so that it is sometimes taken before and sometimes after the answer.
    await Promise.all(
      runs.map(async (run, n) => {
        const echoed = run.echo(`race-${n}`);
        if (n % 2 === 0) await echoed;
        await Promise.all([echoed, run.answer('sent', `race-${n}`)]);
      }),
    );
    await Promise.all(runs.map((run) => settled(h, w, run.from)));
    await eventually(
      () => row<{ n: number }>(h, "select count(*)::int as n from conversation.early_echo where provider_message_id like 'race-%'"),
      (found) => found.n === 0,
    );
    for (const run of runs) {
      expect(await conversation(run.id)).toMatchObject({ ai_mode: 'ai', mode_epoch: 1, message_count: 3 });
      expect(await messageRow(h, run.messageId)).toMatchObject({ status: 'sent' });
    }
  });
});

describe('a receipt for everything up to a time', () => {
  const until = (from: string, what: string, at: Date) =>
    sendReceipt(h, {
      workspace_id: w.workspaceId,
      channel_account_id: w.sms,
      provider_message_id: `until:${from}:${at.getTime()}`,
      status: what,
      occurred_at: at.toISOString(),
      agent_id: w.agentId,
      from,
    });
  const later = () => new Date(Date.now() + 60_000);

  test('moves what had left by then, and not what left after it', async () => {
    const before = new Date(Date.now() - 60_000);
    const { from, messageId, answer } = await sending('Read me');
    await answer('sent', 'mark-1');
    await until(from, 'read', before);
    await until(from, 'delivered', later());
    expect(await status(h, messageId, 'delivered')).toMatchObject({ delivered_at: expect.any(Date) });
    await until(from, 'read', later());
    await status(h, messageId, 'read');
  });

  test('waits for the answer of a send that is under way', async () => {
    const { from, messageId, answer } = await sending('Read me soon');
    await until(from, 'read', later());
    const kept = () => row<{ n: number }>(h, 'select count(*)::int as n from conversation.early_receipt where from_address = $1', [from]);
    await eventually(kept, (found) => found.n === 1);
    await answer('sent', 'mark-2');
    await status(h, messageId, 'read');
    await eventually(kept, (found) => found.n === 0);
  });

  test('touches nobody else’s messages', async () => {
    const [one, two] = [await sending('One'), await sending('Two')];
    await one.answer('sent', 'mark-3');
    await two.answer('sent', 'mark-4');
    await until(one.from, 'read', later());
    await status(h, one.messageId, 'read');
    expect(await messageRow(h, two.messageId)).toMatchObject({ status: 'sent' });
  });
});
