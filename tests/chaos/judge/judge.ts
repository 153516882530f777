import { type Evidence, judgeMessages } from '../../support/judge/checker.ts';
import { gather } from '../../support/judge/evidence.ts';
import type { RestlessReader } from '../../support/streams/restless-reader.ts';
import type { Scene, Tenant } from '../scene.ts';
import { judgeStream, judgeWebhooks } from './consumers.ts';
import { judgeIsolation } from './isolation.ts';
import { judgeTakeovers, type Takeover } from './promise.ts';

export interface Judgement {
  /** Every way in which the promises were broken. */
  wrong: string[];
  /** ms from each acknowledged takeover to the last byte of each call for a message that it named. */
  named: number[];
  /** Of each message that went down with NATS' store: ms from its acceptance to the loss. */
  lost: number[];
  evidence: Evidence;
}

/** Holds everything that the two tenants, the reader, the subscriber and the stubs have seen against the promises. */
export async function judge(scene: Scene, o: { reader: RestlessReader; takeovers: Takeover[] }): Promise<Judgement> {
  const { database, tenant, bystander, provider, subscriber, ai } = scene;
  const { evidence, lost } = await gathered(scene, tenant);
  const other = await gathered(scene, bystander);
  const written = await database.rows(
    `select event_id, event_type, conversation_id, sequence::int from conversation.event where workspace_id = $1 and sequence > 0
     order by conversation_id, sequence`,
    [tenant.workspace.workspaceId],
  );
  const { breaches, named } = judgeTakeovers(o.takeovers, provider.calls, evidence.messages);
  const received = subscriber.received
    .filter(({ taken }) => taken)
    .map(({ event }) => ({ ...event, conversation_id: event.conversation_id ?? '' }));
  const shown = { 'the stream': o.reader.frames, 'the webhooks': subscriber.received, 'what the AI was asked': ai.calls };
  const wrong = [
    ...breaches,
    ...judgeMessages(evidence),
    ...judgeMessages(other.evidence).map((line) => `bystander: ${line}`),
    ...judgeStream(written, o.reader.frames),
    ...judgeWebhooks(written, received),
    ...(await judgeIsolation(scene, shown)),
    ...scene.wrong,
  ];
  return { wrong, named, lost: [...lost, ...other.lost], evidence };
}

/** How long what is accepted may lie in INBOUND before it is read: what is older and missing was not lost with the store. */
const mayLieMs = 30_000;

/** What was accepted before NATS lost its store may be lost with it. */
async function gathered(scene: Scene, { workspace, accepted, lines }: Tenant): Promise<{ evidence: Evidence; lost: number[] }> {
  const { running, database, provider, storeLostAt } = scene;
  const ours = lines.map(({ account }) => account.address);
  const mine = provider.calls.filter(({ from }) => ours.includes(from));
  const evidence = await gather({ product: running.product, database, workspaceId: workspace.workspaceId }, { accepted, provider: mine });
  const stored = new Set(evidence.messages.map((row) => row.provider_message_id));
  const lost = new Map<string, number>();
  for (const { id, at } of accepted) {
    const loss = storeLostAt.find((time) => time >= at - 1_000 && time - at < mayLieMs);
    if (loss !== undefined && !stored.has(id)) lost.set(id, loss - at);
  }
  return { evidence: { ...evidence, accepted: accepted.filter(({ id }) => !lost.has(id)) }, lost: [...lost.values()] };
}
