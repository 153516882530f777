import { setTimeout as delay } from 'node:timers/promises';
import { call, type Json } from '../../support/api.ts';
import type { Dice } from '../dice.ts';
import type { Takeover } from '../judge/promise.ts';
import type { Scene } from '../scene.ts';

/** People who take conversations over, write, and give them back, until the time is up; in the end every conversation is the AI's again. */
export async function operatorsWork(scene: Scene, dice: Dice, o: { people: number }): Promise<Takeover[]> {
  const takeovers: Takeover[] = [];
  const held = new Set<string>();
  const work = async (own: Dice): Promise<void> => {
    while (!scene.over.aborted) {
      const there = await conversations(scene);
      const one = there.length > 0 ? own.pick(there) : undefined;
      if (one === undefined || held.has(one.conversation_id)) {
        await delay(50);
        continue;
      }
      held.add(one.conversation_id);
      takeovers.push(await takeTurn(scene, own, one));
      held.delete(one.conversation_id);
      await delay(own.whole(0, 300));
    }
  };
  await Promise.all(Array.from({ length: o.people }, () => work(dice.other())));
  return takeovers;
}

async function takeTurn(scene: Scene, dice: Dice, one: { conversation_id: string; remote_address: string }): Promise<Takeover> {
  const path = `/v1/conversations/${one.conversation_id}`;
  const { in_flight: inFlight } = await insist(scene, 'PATCH', path, { ai_mode: 'human' });
  const answeredAt = Date.now();
  await delay(dice.whole(20, 2_000));
  if (dice.once(2)) await insist(scene, 'POST', `${path}/messages`, { body: `A person ${crypto.randomUUID()}` });
  await delay(dice.whole(0, 500));
  const gaveBackAt = Date.now();
  await insist(scene, 'POST', `${path}/resume-ai`, { dispatch_pending: dice.once(2) });
  return {
    conversationId: one.conversation_id,
    address: one.remote_address,
    answeredAt,
    gaveBackAt,
    named: inFlight.map((message: Json) => message.message_id),
  };
}

/** Asks one gateway after the other until there is an answer: the request stays the same one, whatever came of it the first time. */
async function insist({ tenant: { workspace }, running }: Scene, method: string, path: string, body: unknown): Promise<Json> {
  const { gatewayUrls } = running.product;
  const headers: Record<string, string> = method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {};
  const end = performance.now() + 120_000;
  let last: unknown;
  for (let attempt = 0; performance.now() < end; attempt++) {
    try {
      const answer = await call(method, `${gatewayUrls[attempt % gatewayUrls.length]}${path}`, { key: workspace.key, body, headers });
      if (answer.status < 300) return answer.body;
      // What is being done already, was refused for now, or began to be read by a process that was frozen then (408) is asked again; anything else is a refusal
      // that nobody has earned.
      if (answer.status < 500 && ![408, 429].includes(answer.status) && answer.body.code !== 'idempotency_in_progress')
        throw new Unearned(`${method} ${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
      last = answer.status;
    } catch (error) {
      if (error instanceof Unearned) throw error;
      last = error;
    }
    await delay(100);
  }
  throw new Error(`${method} ${path} had no answer within 120 s; last: ${last}`);
}

class Unearned extends Error {}

/** From the database, which may be away at the moment. */
async function conversations({ database, tenant: { workspace } }: Scene): Promise<{ conversation_id: string; remote_address: string }[]> {
  const sql = 'select conversation_id, remote_address from conversation.conversation where workspace_id = $1';
  return database.rows(sql, [workspace.workspaceId]).catch(() => []);
}
