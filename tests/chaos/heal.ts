import { publicEventTypes } from '@baton/contracts/events.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { openWork } from '../support/judge/evidence.ts';
import { inboundLeft } from '../support/judge/inbound-left.ts';
import type { RestlessReader } from '../support/streams/restless-reader.ts';
import type { Scene, Tenant } from './scene.ts';

/** Without a hand from anybody: everything accepted is stored, nothing is left to do, and readers and subscribers have it all. Answers how many ms it took. */
export async function heal(scene: Scene, { reader, withinMs }: { reader: RestlessReader; withinMs: number }): Promise<number> {
  const began = performance.now();
  scene.say('everything is well again; the backlog drains …');
  let said = '';
  const left = async () => {
    const counts = {
      inbound: await inboundLeft(scene.running.product),
      ...(await leftOf(scene, scene.tenant)),
      bystanders: (await leftOf(scene, scene.bystander)).open,
      notShown: await notShown(scene, reader),
      undelivered: await undelivered(scene),
    };
    const line = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${name} ${count}`] : []));
    if (line.join(', ') !== said) scene.say(`left: ${line.join(', ')}`);
    said = line.join(', ');
    return counts;
  };
  await eventually(left, (counts) => Object.values(counts).every((count) => count <= 0), {
    timeoutMs: withinMs,
    everyMs: 250,
    what: 'the end of the backlog',
  }).catch((error: Error) => scene.wrong.push(error.message));
  return Math.round(performance.now() - began);
}

async function leftOf({ database, storeLostAt }: Scene, { workspace, accepted }: Tenant): Promise<{ notStored: number; open: number }> {
  const [{ stored }] = await database.rows(
    `select count(*)::int as stored from conversation.message where workspace_id = $1 and direction = 'inbound'`,
    [workspace.workspaceId],
  );
  // What was lost with NATS' store never comes.
  const notStored = storeLostAt.length > 0 ? 0 : accepted.length - stored;
  return { notStored, open: await openWork(database, workspace.workspaceId) };
}

/** By then the loss has been noticed. */
const foundLostMs = 5_000;

async function notShown({ database, tenant, storeLostAt }: Scene, reader: RestlessReader): Promise<number> {
  const [{ events, last }] = await database.rows(
    `select coalesce(sum(event_sequence), 0)::int as events,
            (select event_id from conversation.event where workspace_id = $1 and sequence > 0 and created_at > $2
             order by created_at desc, event_id desc limit 1) as last
     from conversation.conversation where workspace_id = $1`,
    [tenant.workspace.workspaceId, new Date((storeLostAt.at(-1) ?? 0) + foundLostMs)],
  );
  const shown = new Set(reader.frames.filter(({ sequence }) => sequence > 0).map(({ event_id }) => event_id));
  // What was written before counts as lost with the store: it is filled in again, and shown to nobody.
  if (storeLostAt.length > 0) return last === null || shown.has(last) ? 0 : 1;
  return events - shown.size;
}

/** To the one subscriber, who is told of everything that is public. */
async function undelivered({ database, tenant }: Scene): Promise<number> {
  const [{ undelivered: count }] = await database.rows(
    `select (select count(*)::int from conversation.event where workspace_id = $1 and sequence > 0 and event_type = any($2))
          - (select count(*)::int from delivery.delivery where workspace_id = $1 and status = 'delivered') as undelivered`,
    [tenant.workspace.workspaceId, publicEventTypes],
  );
  return count;
}
