import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publicEventTypes } from '@baton/contracts/events.ts';
import type { KillPoint } from '@baton/runtime/kill-point.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { startFakeAi } from '@baton/testkit/fake-ai.ts';
import { startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import { crowdWrites } from '../support/crowd.ts';
import { openDatabase } from '../support/database.ts';
import { type Evidence, judgeMessages } from '../support/judge/checker.ts';
import { gather, openWork } from '../support/judge/evidence.ts';
import { startProduct } from '../support/start.ts';
import { followRestlessly, type RestlessReader } from '../support/streams/restless-reader.ts';
import { makeWorkspace } from '../support/workspace.ts';
import { operatorsWork } from './cast/operators.ts';
import { answerOf } from './cast/stubs.ts';
import { Dice } from './dice.ts';
import type { Fault } from './faults/fault.ts';
import { dieAt } from './faults/kill-points.ts';
import { judgeStream, judgeWebhooks } from './judge/consumers.ts';
import { judgeTakeovers, type Takeover } from './judge/promise.ts';
import { FlakyLink } from './network/flaky-link.ts';
import { aiSecret, type LinkName, type Scene, twilio } from './scene.ts';

export interface PlayOptions {
  seed: number;
  seconds: number;
  /** One of them at a time, and how many such chains at once. */
  faults: readonly Fault[];
  chains: number;
  /** Each of these once, in this order, instead of chance. */
  killPoints?: readonly KillPoint[];
  customers: number;
  operators: number;
  /** How long the backlog may take to drain after the last fault; three minutes unless told. */
  healsWithinMs?: number;
  /** The checkout whose services run; this one unless told. */
  root?: string;
  say(line: string): void;
}

export interface Played {
  seed: number;
  /** How long faults struck. */
  seconds: number;
  /** Every way in which the promises were broken; empty when they were kept. */
  wrong: string[];
  /** Faults that struck. */
  strikes: number;
  accepted: number;
  turns: number;
  sends: number;
  /** Messages of unknown fate. */
  unknown: number;
  takeovers: number;
  /** ms from each acknowledged takeover to each call for a message that it named. */
  named: number[];
  /** Starts of processes beyond the first ones. */
  restarts: number;
  /** ms that the backlog took to be gone after the last fault. */
  healedMs: number;
}

const writesEveryMs = 900;

/** The whole product with two instances of everything, customers, people, readers and subscribers, and faults; then the judgement. */
export async function play(o: PlayOptions): Promise<Played> {
  const folder = mkdtempSync(path.join(tmpdir(), 'baton-chaos-'));
  await using stage = new AsyncDisposableStack();
  stage.defer(() => rmSync(folder, { recursive: true, force: true }));
  const over = new AbortController();
  const scene = await setScene(o, { stage, killPointFile: path.join(folder, 'kill-point'), over: over.signal });
  const reader = stage.use(await followRestlessly(streams(scene), scene.workspace.key, 1_000));
  const dice = new Dice(o.seed);
  const account = { product: scene.running.product, account: scene.account, authToken: twilio.auth_token };
  // They go on until the time is up.
  const pace = { customers: o.customers, messages: Number.POSITIVE_INFINITY, everyMs: writesEveryMs, patienceMs: 120_000 };
  const writing = crowdWrites({ ...account, ...pace, accepted: scene.accepted, over: over.signal });
  const operating = operatorsWork(scene, dice.other(), { people: o.operators });
  const began = performance.now();
  const striking = o.killPoints ? strikeEach(scene, o.killPoints) : strikeAtRandom(scene, dice.other(), o);
  const time = o.killPoints ? striking : new Promise((resolve) => setTimeout(resolve, o.seconds * 1000));
  const acting = Promise.all([writing, operating, striking]);
  await Promise.race([time, acting]).finally(() => over.abort());
  const struckFor = Math.round((performance.now() - began) / 1000);
  const [, takeovers, strikes] = await acting;
  const healedMs = await heal(scene, { reader, withinMs: o.healsWithinMs ?? 180_000 });
  const { wrong, named, evidence } = await judge(scene, { reader, takeovers });
  return {
    seed: o.seed,
    seconds: struckFor,
    wrong,
    strikes,
    accepted: evidence.accepted.length,
    turns: evidence.dispatches.length,
    sends: evidence.provider.length,
    unknown: evidence.messages.filter(({ status }) => status === 'unknown').length,
    takeovers: takeovers.length,
    named,
    restarts: scene.running.stack.services.reduce((sum, { starts }) => sum + starts - 1, 0),
    healedMs,
  };
}

type Given = { stage: AsyncDisposableStack; killPointFile: string; over: AbortSignal };

async function setScene(o: PlayOptions, { stage, killPointFile, over }: Given): Promise<Scene> {
  const ai = stage.use(await startFakeAi({ secret: aiSecret }));
  ai.respond(answerOf);
  const provider = stage.use(await startFakeProvider({ twilio }));
  const subscriber = stage.use(await startFakeSubscriber());
  const links = new Map<LinkName, FlakyLink[]>();
  const running = stage.use(
    await startProduct({
      ...(o.root === undefined ? {} : { root: o.root }),
      instances: { ingest: 2, 'conversation-state': 2, dispatcher: 2, gateway: 2 },
      env: {
        BATON_KILL_POINT_FILE: killPointFile,
        BATON_RATE_LIMIT_PER_SECOND: '10000',
        BATON_RATE_LIMIT_BURST: '10000',
        BATON_SEND_TIMEOUT_MS: '3000',
        BATON_WEBHOOK_RETRY_MS: Array.from({ length: 60 }, () => '1000').join(),
      },
      route: async ({ to, host, port }) => {
        const proxy = stage.use(await FlakyLink.open({ host, port }));
        links.set(to, [...(links.get(to) ?? []), proxy]);
        return proxy.place;
      },
    }),
  );
  const { product } = running;
  const database = stage.use(openDatabase(product));
  const workspace = await makeWorkspace(product, { backend: { kind: 'webhook', url: ai.url, secret: aiSecret, timeout_ms: 6_000 } });
  const credentials = { ...twilio, api_base: provider.url };
  const account = await workspace.addChannel({ provider: 'twilio', channel: 'sms', address: '+12025550191', credentials });
  await workspace.must('POST', '/v1/webhooks', { url: subscriber.url, timeout_ms: 2_000 });
  const { say } = o;
  return { running, links, killPointFile, ai, provider, subscriber, database, workspace, account, accepted: [], wrong: [], over, say };
}

function streams({ running }: Scene): string[] {
  return running.product.gatewayUrls.map((base) => `${base}/v1/stream`);
}

/** Chains of faults, each one after the other; the chance of each chain is its own. Returns how many struck. */
async function strikeAtRandom(scene: Scene, dice: Dice, o: PlayOptions): Promise<number> {
  let strikes = 0;
  const chain = async (own: Dice): Promise<void> => {
    while (!scene.over.aborted && o.faults.length > 0) {
      strikes++;
      await own.pick(o.faults).strike(scene, own);
      // Servers cannot be started twice at once, and a restart takes its time: the next fault waits a moment.
      await new Promise((resolve) => setTimeout(resolve, own.whole(100, 1_500)));
    }
  };
  await Promise.all(Array.from({ length: o.chains }, () => chain(dice.other())));
  return strikes;
}

async function strikeEach(scene: Scene, points: readonly KillPoint[]): Promise<number> {
  // Refused messages are what the timers of a quiet installation are about.
  scene.provider.respond((_call, nth) => (nth % 5 === 0 ? { status: 429, json: { code: 20429 } } : 'accept'));
  for (const point of points) {
    await dieAt(scene, point, 2);
    await Promise.all(scene.running.stack.services.map((service) => service.ready()));
  }
  scene.provider.respond();
  return points.length;
}

/** Without a hand from anybody: everything accepted is stored, nothing is left to do, and readers and subscribers have it all. */
async function heal(scene: Scene, { reader, withinMs }: { reader: RestlessReader; withinMs: number }): Promise<number> {
  const began = performance.now();
  scene.say('everything is well again; the backlog drains …');
  const { workspace, database } = scene;
  const left = async () => {
    const [{ inbound, events }] = await database.rows(
      `select (select count(*)::int from conversation.message where workspace_id = $1 and direction = 'inbound') as inbound,
              (select coalesce(sum(event_sequence), 0)::int from conversation.conversation where workspace_id = $1) as events`,
      [workspace.workspaceId],
    );
    // To the one subscriber, who is told of everything that is public.
    const [{ undelivered }] = await database.rows(
      `select (select count(*)::int from conversation.event where workspace_id = $1 and sequence > 0 and event_type = any($2))
            - (select count(*)::int from delivery.delivery where workspace_id = $1 and status = 'delivered') as undelivered`,
      [workspace.workspaceId, publicEventTypes],
    );
    const shown = new Set(reader.frames.filter(({ sequence }) => sequence > 0).map(({ event_id }) => event_id)).size;
    return {
      notStored: scene.accepted.length - inbound,
      open: await openWork(database, workspace.workspaceId),
      notShown: events - shown,
      undelivered,
    };
  };
  await eventually(
    left,
    ({ notStored, open, notShown, undelivered }) => notStored <= 0 && open === 0 && notShown <= 0 && undelivered <= 0,
    { timeoutMs: withinMs, everyMs: 250, what: 'the end of the backlog' },
  ).catch((error: Error) => scene.wrong.push(error.message));
  return Math.round(performance.now() - began);
}

async function judge(
  scene: Scene,
  o: { reader: RestlessReader; takeovers: Takeover[] },
): Promise<{ wrong: string[]; named: number[]; evidence: Evidence }> {
  const { running, database, workspace, provider, subscriber } = scene;
  const at = { product: running.product, database, workspaceId: workspace.workspaceId };
  const evidence = await gather(at, { accepted: scene.accepted, provider: provider.calls });
  const written = await database.rows(
    `select event_id, event_type, conversation_id, sequence::int from conversation.event where workspace_id = $1 and sequence > 0
     order by conversation_id, sequence`,
    [workspace.workspaceId],
  );
  const { breaches, named } = judgeTakeovers(o.takeovers, provider.calls, evidence.messages);
  const received = subscriber.received.map(({ event }) => ({ ...event, conversation_id: event.conversation_id ?? '' }));
  const readers = [...judgeStream(written, o.reader.frames), ...judgeWebhooks(written, received)];
  return { wrong: [...breaches, ...judgeMessages(evidence), ...readers, ...scene.wrong], named, evidence };
}
