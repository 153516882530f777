import { partitionCount } from '@baton/contracts/subjects.ts';
import { type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EventChains } from './event-chains.ts';
import { judgeEventLog } from './event-log.ts';
import { storedEvents } from './event-stream.ts';
import type { Query, Violation } from './invariants/invariant.ts';
import { judgeConversations, judgeInstallation } from './judge-rows.ts';
import { noStream, orNone } from './or-none.ts';
import { inSlices, unhurried } from './slices.ts';
import { type Verdict, Verdicts } from './verdicts.ts';
import { waitingInbound } from './waiting-inbound.ts';

/** Rows of the index that one statement walks over. */
const idsAtOnce = 5_000;
/** Clocks of servers disagree by less. */
const skewMs = 5_000;

export interface VerifyOptions {
  query: Query;
  connection: NatsConnection;
  /** null: all. */
  workspaceId: string | null;
  /** What has not moved since is left out. */
  since: Date;
  /** What is older should have come to its end. */
  settledBefore: Date;
  /** Conversations that one statement judges. */
  atOnce: number;
  /** Violations of each invariant that are told one by one. */
  kept: number;
  signal: AbortSignal;
  progress(line: string): void;
}

interface Run extends VerifyOptions {
  verdicts: Verdicts;
  /** What of the log should be in the stream, by partition. */
  due: EventChains[];
}

/** Holds an installation at work against every invariant that Postgres and NATS can tell of. It reads, and nothing else. */
export async function verify(o: VerifyOptions): Promise<Verdict[]> {
  const due = Array.from({ length: partitionCount }, () => new EventChains({ fromTheStart: false, remembers: 0 }));
  const run: Run = { ...o, query: unhurried(o.query, o.signal), verdicts: new Verdicts(o.kept), due };
  await lookAtConversations(run);
  await lookAtInstallation(run);
  const manager = await jetstreamManager(o.connection);
  const stream = await orNone([noStream], () => manager.streams.info('EVENTS'));
  await lookAtEvents(run, stream);
  if (o.workspaceId === null) await lookAtInbound(run, manager);
  return run.verdicts.list;
}

async function lookAtConversations(run: Run): Promise<void> {
  const { query, workspaceId, since, settledBefore } = run;
  const [row] = await query<{ n: string }>(
    `select reltuples::bigint::text as n from pg_class where oid = 'conversation.conversation'::regclass`,
    [],
  );
  let seen = 0;
  for (let after = ''; ; ) {
    const page = await query<{ id: string; wanted: boolean }>(
      `select conversation_id as id, updated_at >= $2 and ($3::text is null or workspace_id = $3) as wanted
       from conversation.conversation where conversation_id > $1 order by conversation_id limit $4`,
      [after, since, workspaceId, idsAtOnce],
    );
    const wanted = page.filter((one) => one.wanted).map(({ id }) => id);
    await inSlices(wanted, run.atOnce, async (ids) => {
      run.verdicts.found(await judgeConversations(query, ids, { settledBefore, skewMs }));
      run.verdicts.checked('conversations', ids.length);
    });
    seen += page.length;
    run.progress(`conversations: ${seen} of about ${Math.max(seen, Number(row?.n ?? 0))}`);
    const last = page.at(-1);
    if (!last || page.length < idsAtOnce) return;
    after = last.id;
  }
}

async function lookAtInstallation({ query, workspaceId, settledBefore, verdicts }: Run): Promise<void> {
  verdicts.found(await judgeInstallation(query, { workspaceId, settledBefore }));
  verdicts.checked('installation', 1);
}

async function lookAtEvents(run: Run, stream: StreamInfo | undefined): Promise<void> {
  const { query, workspaceId, settledBefore, verdicts, due } = run;
  const since = new Date(Math.max(run.since.getTime(), oldestIn(stream).getTime()));
  const chains = new EventChains({ fromTheStart: false, remembers: 0 });
  let events = 0;
  for await (const report of judgeEventLog(query, chains, { workspaceId, since, settledBefore, atOnce: run.atOnce * 4 })) {
    verdicts.found(report.violations);
    verdicts.checked('log', report.events);
    for (const event of report.due) due[event.partition]?.add(event);
    events += report.events;
    run.progress(`events in the log: ${events}`);
  }
  let streamed = 0;
  for (const [partition, expected] of due.entries()) {
    if (stream) streamed += await lookAtPartition(run, partition, since);
    else compare(run, expected, undefined);
    run.progress(`events in the stream: ${streamed}`);
  }
}

/** A stream that is full loses what is oldest; what it loses by age is older than anybody asks for. */
function oldestIn(stream: StreamInfo | undefined): Date {
  if (!stream || stream.state.messages === 0 || stream.state.bytes < 0.9 * stream.config.max_bytes) return new Date(0);
  return new Date(new Date(stream.state.first_ts).getTime() + 60_000);
}

async function lookAtPartition(run: Run, partition: number, since: Date): Promise<number> {
  const { connection, workspaceId, verdicts, due } = run;
  const chains = new EventChains({ fromTheStart: false, remembers: 16, mayBeFilledIn: true });
  let count = 0;
  // What is logged at a moment is stored a little later, or by a clock that goes before.
  for await (const event of storedEvents(connection, { workspaceId, partition, since: new Date(since.getTime() - 600_000) })) {
    run.signal.throwIfAborted();
    count += 1;
    const misplaced = chains.add(event);
    if (misplaced !== undefined) verdicts.found([ofEvent('events.streamed_in_order', event.conversation_id, event.event_id, misplaced)]);
  }
  for (const [id, numbers] of chains.missing())
    verdicts.found([ofEvent('events.complete', id, id, `EVENTS lacks ${numbers.slice(0, 10).join(', ')} between others`)]);
  verdicts.checked('stream', count);
  compare(run, due[partition]!, chains);
  return count;
}

/** `inStream` undefined: there is no stream. */
function compare({ verdicts }: Run, expected: EventChains, inStream: EventChains | undefined): void {
  for (const [id, { first, last }] of expected.extents()) {
    const has = inStream?.extent(id);
    if (has && has.first <= first && has.last >= last) continue;
    const holds = has ? `${has.first} to ${has.last}` : 'none';
    verdicts.found([ofEvent('events.complete', id, id, `${first} to ${last} are logged, EVENTS holds ${holds}`)]);
  }
}

function ofEvent(invariant: string, conversation_id: string, id: string, detail: string): Violation {
  return { invariant, workspace_id: null, conversation_id, id, detail };
}

async function lookAtInbound({ verdicts, settledBefore }: Run, manager: JetStreamManager): Promise<void> {
  verdicts.checked('inbound', 1);
  const waiting = await waitingInbound(manager);
  if (!waiting || waiting.oldest.time >= settledBefore) return;
  const detail = `${waiting.messages} messages wait, the oldest since ${waiting.oldest.time.toISOString()}`;
  verdicts.found([{ invariant: 'inbound.drains', workspace_id: null, conversation_id: null, id: `INBOUND#${waiting.oldest.seq}`, detail }]);
}
