import { randomInt } from 'node:crypto';
import { eventually } from '@baton/testkit/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meet, patch, row } from './acts.ts';
import {
  beginTurn,
  claim,
  commitReply,
  type Harness,
  inboundMessage,
  makeWorkspace,
  record,
  send,
  startHarness,
  type Workspace,
} from './harness.ts';
import { brokenInvariants } from './invariants.ts';

let h: Harness;
let w: Workspace;
beforeAll(async () => {
  h = await startHarness({ instances: 2 });
  w = await makeWorkspace(h);
});
afterAll(() => h[Symbol.asyncDispose]());

const rounds = 100;

const judge = async (id: string) => expect(await brokenInvariants(h.admin, id)).toEqual([]);

test(`${rounds} takeovers and hand-backs against dispatchers that never rest: no turn begins and no send is claimed after the answer`, async () => {
  const { from, id } = await meet(h, w);
  /** Odd: a person has the conversation, and knows it. Changed only after the answer to a takeover and before the request to give it back. */
  let phase = 0;
  let over = false;
  const breaches: string[] = [];
  const counted = { none: 0, turns: 0, replies: 0, claims: 0, cancelled: 0, suggestions: 0 };

  /** Does something, and says whether a person had the conversation all the while. */
  async function watched<T>(work: () => Promise<T>): Promise<{ answer: T; fenced: boolean }> {
    const before = phase;
    const answer = await work();
    return { answer, fenced: before % 2 === 1 && phase === before };
  }

  async function dispatcher(): Promise<void> {
    while (!over) {
      const { rows } = await h.admin.query(
        `select dispatch_id, outcome from conversation.dispatch where conversation_id = $1 and outcome in ('pending', 'in_flight')`,
        [id],
      );
      const one = rows[randomInt(Math.max(rows.length, 1))];
      if (one) {
        const { answer, fenced } = await watched(() =>
          beginTurn(h, w, id, { dispatchId: one.dispatch_id, redelivered: randomInt(2) === 0 }),
        );
        if (answer.result?.$case === 'turn') {
          counted.turns++;
          if (fenced) breaches.push(`turn ${one.dispatch_id}`);
          const epoch = answer.result.value.modeEpoch;
          const committed = await watched(() => commitReply(h, w, { conversationId: id, dispatchId: one.dispatch_id, epoch, text: 'AI' }));
          if (committed.answer?.kind === 'committed') counted.replies++;
          if (committed.answer?.kind === 'suggestion') counted.suggestions++;
          if (committed.fenced && committed.answer?.kind === 'committed') breaches.push(`reply ${one.dispatch_id}`);
        }
      }
      const open = await h.admin.query(
        `select message_id, claim, status from conversation.message where conversation_id = $1 and status in ('queued', 'sending')`,
        [id],
      );
      for (const message of open.rows) {
        if (message.status === 'sending') {
          await record(h, w, {
            conversationId: id,
            messageId: message.message_id,
            claim: message.claim,
            outcome: randomInt(3) === 0 ? 'requeue' : 'sent',
            providerMessageId: `p-${message.message_id}`,
          });
          continue;
        }
        const { answer, fenced } = await watched(() => claim(h, w, id, message.message_id));
        if (answer?.kind === 'cancelled') counted.cancelled++;
        if (answer?.kind !== 'claimed') continue;
        counted.claims++;
        if (fenced) breaches.push(`claim ${message.message_id}`);
      }
    }
  }

  const busy = [dispatcher(), dispatcher(), dispatcher(), dispatcher()];
  for (let round = 0; round < rounds; round++) {
    await send(h, inboundMessage(w, from, { text: 'Hi' }));
    // Each step of a turn in its turn: the takeover falls before it, into it or just behind it.
    const step = (['none', 'turns', 'replies', 'claims'] as const)[round % 4]!;
    const before = counted[step];
    if (step !== 'none') await eventually(() => counted[step] > before || over, Boolean, { everyMs: 1 });
    const taken = await patch(h, w, { conversationId: id, aiMode: 'human' });
    phase++;
    expect(taken.changed).toBe(true);
    if (round % 10 === 0) await judge(id);
    phase++;
    if (round % 2 === 0) await h.conversations.resumeAi({ context: w.context, conversationId: id, dispatchPending: true });
    else await patch(h, w, { conversationId: id, aiMode: 'ai' });
  }
  over = true;
  await Promise.all(busy);
  await judge(id);
  expect(breaches).toEqual([]);
  // The race was one: turns and claims happened, and some of them met the fence.
  expect(counted.turns).toBeGreaterThan(rounds / 4);
  expect(counted.claims).toBeGreaterThan(rounds / 8);
  expect(counted.suggestions + counted.cancelled).toBeGreaterThan(0);
}, 60_000);

test('twenty takeovers of twenty conversations at once while batches of everything run: no deadlock, no lost change', async () => {
  const met = await Promise.all(Array.from({ length: 20 }, () => meet(h, w)));
  const shuffled = () => [...met].sort(() => Math.random() - 0.5);
  const batches = Array.from({ length: 20 }, async () => {
    for (const one of shuffled()) await send(h, inboundMessage(w, one.from));
  });
  const flips = met.map(async ({ id }) => {
    for (const mode of ['human', 'ai', 'human', 'ai']) await patch(h, w, { conversationId: id, aiMode: mode });
  });
  const turns = Array.from({ length: 10 }, async () => {
    const ids = shuffled();
    const { rows } = await h.admin.query(
      `select distinct on (conversation_id) conversation_id, dispatch_id from conversation.dispatch where conversation_id = any($1)`,
      [ids.map((one) => one.id)],
    );
    await h.turns.beginTurns({
      turns: rows.map((one) => ({
        workspaceId: w.workspaceId,
        conversationId: one.conversation_id,
        dispatchId: one.dispatch_id,
        redelivered: true,
      })),
    });
  });
  await Promise.all([...batches, ...flips, ...turns]);
  for (const { id } of met) {
    await judge(id);
    expect(await row(h, 'select mode_epoch from conversation.conversation where conversation_id = $1', [id])).toEqual({ mode_epoch: 5 });
  }
});
