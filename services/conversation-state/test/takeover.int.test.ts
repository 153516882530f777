import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  beginTurn,
  claim,
  commitReply,
  conversationOf,
  dispatchesOf,
  type Harness,
  inboundMessage,
  makeWorkspace,
  newCustomer,
  record,
  send,
  startHarness,
  type Workspace,
} from './harness.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness();
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const setMode = (conversationId: string, aiMode: string) =>
  h.conversations.updateConversation({
    context: w.context,
    conversationId,
    aiMode,
    tags: [],
    setTags: false,
    addTags: [],
    clearSubject: false,
    reason: '',
    metadata: undefined,
  });

test('a customer’s message is answered by the AI and sent', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from, { text: 'Hi there' }));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const { dispatchId, result } = await beginTurn(h, w, id);
  expect(result).toMatchObject({ $case: 'turn', value: { modeEpoch: 1, attempt: 1, messages: [{ role: 'user', text: 'Hi there' }] } });
  const committed = await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'Hello!' });
  expect(committed).toMatchObject({ kind: 'committed', outcome: 'replied' });
  const [messageId] = committed?.messageIds ?? [];
  const claimed = await claim(h, w, id, messageId!);
  expect(claimed).toMatchObject({ kind: 'claimed', message: { text: 'Hello!', to: from, claim: 1 } });
  expect(await record(h, w, { conversationId: id, messageId: messageId!, claim: 1, outcome: 'sent', providerMessageId: 'p1' })).toEqual({
    kind: 'recorded',
  });
  await eventually(
    () => h.events.types(id),
    (types) => types.includes('message.sent'),
  );
  const shown = h.events.of(id).filter((event) => event.sequence > 0);
  expect(shown.map((event) => event.event_type)).toEqual([
    'conversation.created',
    'message.received',
    'message.queued',
    'dispatch.completed',
    'message.sent',
  ]);
  expect(shown.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5]);
});

test('an AI reply that comes after takeover is kept as a suggestion', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const { dispatchId } = await beginTurn(h, w, id);
  const taken = await setMode(id, 'human');
  expect(taken).toMatchObject({ changed: true, fromMode: 'ai', toMode: 'human', drained: true, inFlight: [] });
  expect(await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'Too late' })).toMatchObject({
    kind: 'suggestion',
    outcome: 'suppressed',
  });
  expect((await dispatchesOf(h, id)).at(-1)).toMatchObject({
    outcome: 'suppressed',
    reason: 'stale_epoch',
    suggestion: { messages: [{ text: 'Too late', attachments: [] }] },
  });
  expect(await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'Again' })).toMatchObject({ kind: 'already_settled' });
  expect(await conversationOf(h, w, from)).toMatchObject({ message_count: 1 });
});

test('a takeover between an accepted reply and its claim cancels the reply, also after the conversation was given back', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const { dispatchId } = await beginTurn(h, w, id);
  const committed = await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'Accepted' });
  await setMode(id, 'human');
  await setMode(id, 'ai');
  expect(await claim(h, w, id, committed!.messageIds[0]!)).toMatchObject({ kind: 'settled' });
  const { message } = await h.conversations.getMessage({ workspaceId: w.workspaceId, messageId: committed!.messageIds[0]! });
  expect(message).toMatchObject({ status: 'cancelled', error: { code: 'stale_epoch' } });
});

test('a takeover names what a provider already has, and is drained once that is settled', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const { dispatchId } = await beginTurn(h, w, id);
  const [messageId] = (await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'On its way' }))!.messageIds;
  await claim(h, w, id, messageId!);
  const taken = await setMode(id, 'human');
  expect(taken).toMatchObject({ drained: false, inFlight: [{ messageId, status: 'sending' }] });
  await record(h, w, { conversationId: id, messageId: messageId!, claim: 1, outcome: 'sent', providerMessageId: `p-${messageId}` });
  expect((await h.conversations.listInFlight({ workspaceId: w.workspaceId, conversationId: id })).inFlight).toEqual([]);
});

test('a takeover names what may still arrive although nobody knows: a sender given up for lost may only have been frozen', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const { dispatchId } = await beginTurn(h, w, id);
  const [messageId] = (await commitReply(h, w, { conversationId: id, dispatchId, epoch: 1, text: 'Perhaps' }))!.messageIds;
  await claim(h, w, id, messageId!);
  await record(h, w, { conversationId: id, messageId: messageId!, claim: 1, outcome: 'unknown' });
  expect(await setMode(id, 'human')).toMatchObject({ drained: false, inFlight: [{ messageId, status: 'unknown' }] });
  const inFlight = async () => (await h.conversations.listInFlight({ workspaceId: w.workspaceId, conversationId: id })).inFlight;
  expect(await inFlight()).toMatchObject([{ messageId, status: 'unknown' }]);
  await record(h, w, { conversationId: id, messageId: messageId!, claim: 1, outcome: 'sent', providerMessageId: `p-${messageId}` });
  expect(await inFlight()).toEqual([]);
});

test('the same mode again changes nothing: no event, no history', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  await setMode(id, 'human');
  const again = await setMode(id, 'human');
  expect(again).toMatchObject({ changed: false, fromMode: 'human', toMode: 'human', conversation: { modeEpoch: 2 } });
  await send(h, inboundMessage(w, from, { text: 'Anyone?' }));
  await eventually(
    () => h.events.types(id).filter((type) => type === 'message.received').length,
    (count) => count === 2,
  );
  expect(h.events.types(id).filter((type) => type === 'conversation.mode_changed')).toHaveLength(1);
  const { history } = await h.conversations.listModeHistory({ workspaceId: w.workspaceId, conversationId: id, pageSize: 0, cursor: '' });
  expect(history).toMatchObject([{ fromMode: 'ai', toMode: 'human', modeEpoch: 2, reason: 'api' }]);
  expect((await dispatchesOf(h, id)).at(-1)).toMatchObject({ outcome: 'suppressed', reason: 'mode_human' });
});

test('closed is final, and the next message opens a new conversation linked to the old one', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  await setMode(id, 'closed');
  await expect(setMode(id, 'ai')).rejects.toMatchObject({ code: 'conversation_closed' });
  expect(await setMode(id, 'closed')).toMatchObject({ changed: false });
  await send(h, inboundMessage(w, from, { channel: 'whatsapp', channel_account_id: w.whatsapp, to: '+15550101' }));
  const next = await conversationOf(h, w, from);
  expect(next).toMatchObject({ previous_conversation_id: id, ai_mode: 'ai', mode_epoch: 1 });
});

test('giving back answers what the customer wrote meanwhile when asked to', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  await setMode(id, 'human');
  await send(h, inboundMessage(w, from, { text: 'Second' }));
  await conversationOf(h, w, from, 2);
  await h.conversations.resumeAi({ context: w.context, conversationId: id, dispatchPending: true });
  const { result } = await beginTurn(h, w, id);
  expect(result).toMatchObject({ $case: 'turn', value: { modeEpoch: 3 } });
  expect(result?.$case === 'turn' && result.value.newMessageIds).toHaveLength(2);
});

test('a hand-off sends the AI’s last words and leaves the conversation with people', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const { dispatchId } = await beginTurn(h, w, id);
  const committed = await commitReply(h, w, {
    conversationId: id,
    dispatchId,
    epoch: 1,
    text: 'A colleague will help you',
    more: { handoff: { reason: 'asked for a person' } },
  });
  expect(committed).toMatchObject({ kind: 'committed', outcome: 'handed_off' });
  expect(await conversationOf(h, w, from)).toMatchObject({ ai_mode: 'human', needs_handoff: true, status: 'escalated' });
  expect((await dispatchesOf(h, id)).at(-1).handoff).toEqual({ reason: 'asked for a person', summary: null });
  expect(await claim(h, w, id, committed!.messageIds[0]!)).toMatchObject({ kind: 'claimed' });
});

test('what arrives while a turn runs joins one following turn', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from, { text: 'One' }));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const first = await beginTurn(h, w, id);
  await send(h, inboundMessage(w, from, { text: 'Two' }));
  await send(h, inboundMessage(w, from, { text: 'Three' }));
  await conversationOf(h, w, from, 3);
  const rows = await dispatchesOf(h, id);
  expect(rows).toHaveLength(2);
  expect(rows[1].message_ids).toHaveLength(2);
  expect((await beginTurn(h, w, id)).result).toMatchObject({ $case: 'noTurn', value: { kind: 'busy' } });
  await commitReply(h, w, { conversationId: id, dispatchId: first.dispatchId, epoch: 1, text: 'Answer to one' });
  await eventually(
    () => h.events.types(id),
    (types) => types.includes('dispatch.ready'),
  );
  expect((await beginTurn(h, w, id)).result).toMatchObject({ $case: 'turn' });
});

test('messages of one conversation go out one after the other', async () => {
  const from = newCustomer();
  await send(h, inboundMessage(w, from));
  const { conversation_id: id } = await conversationOf(h, w, from);
  const post = async (text: string) =>
    (
      await h.conversations.sendMessage({
        context: w.context,
        conversationId: id,
        text,
        attachments: [],
        takeover: true,
        metadata: undefined,
        template: undefined,
      })
    ).message!.messageId;
  const [one, two] = [await post('one'), await post('two')];
  expect(await claim(h, w, id, two)).toMatchObject({ kind: 'waits' });
  expect(await claim(h, w, id, one)).toMatchObject({ kind: 'claimed' });
  await record(h, w, { conversationId: id, messageId: one, claim: 1, outcome: 'sent', providerMessageId: `p-${one}` });
  await eventually(
    () => h.events.of(id).filter((event) => event.event_type === 'send.ready' && event.payload.message_id === two),
    (signals) => signals.length > 1,
  );
  expect(await claim(h, w, id, two)).toMatchObject({ kind: 'claimed' });
});
