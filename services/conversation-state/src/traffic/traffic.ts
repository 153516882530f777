import { setTimeout as delay } from 'node:timers/promises';
import { inWorkspaces } from '@baton/db/scope.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { type Kysely, sql } from 'kysely';
import type { Changes } from '../domain/changes.ts';
import { type AccountSeen, type Counter, countChanges } from '../domain/traffic/count.ts';
import { minuteOf } from '../domain/traffic/figures.ts';
import type { Tables } from '../store/tables.ts';

/** Late by so much at most; and a process that is killed takes so much of the counts with it. */
const writeEveryMs = 2000;

/** How many workspaces one transaction writes for. */
const workspacesAtOnce = 500;

/** `<minute> <what>` → count. */
type Counts = Map<string, number>;
interface Account extends AccountSeen {
  channel_account_id: string;
}
interface Tally {
  counts: Counts;
  accounts: Map<string, Account>;
}

/**
 * Counts what is committed here, in memory, and adds it to the tables every two seconds: what each message passes through gets no statement more, and
 * figures are read without looking at a message.
 */
export class Traffic implements AsyncDisposable {
  readonly #db: Kysely<Tables>;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  #tallies = new Map<string, Tally>();
  #running: Promise<void> | undefined;

  constructor(o: { db: Kysely<Tables>; logger: Logger }) {
    this.#db = o.db;
    this.#logger = o.logger;
  }

  start(): void {
    this.#running = this.#loop();
  }

  count(changes: Changes, now: Date): void {
    const minute = minuteOf(now).toISOString();
    countChanges(changes, now, {
      add: (workspaceId, what) => {
        const { counts } = this.#tallyOf(workspaceId);
        const key = `${minute} ${what}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      },
      account: ({ workspace_id, channel_account_id }, seen) => {
        const { accounts } = this.#tallyOf(workspace_id);
        accounts.set(channel_account_id, { ...accounts.get(channel_account_id), ...seen, channel_account_id });
      },
    } satisfies Counter);
  }

  #tallyOf(workspaceId: string): Tally {
    const known = this.#tallies.get(workspaceId);
    if (known) return known;
    const tally: Tally = { counts: new Map(), accounts: new Map() };
    this.#tallies.set(workspaceId, tally);
    return tally;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await delay(writeEveryMs, undefined, { signal }).catch(() => undefined);
      await this.#write();
    }
  }

  /** What could not be written is lost: figures, unlike messages, are not worth being kept in memory through an outage. */
  async #write(): Promise<void> {
    const tallies = [...this.#tallies].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#tallies = new Map();
    try {
      for (let i = 0; i < tallies.length; i += workspacesAtOnce) await this.#add(tallies.slice(i, i + workspacesAtOnce));
    } catch (error) {
      this.#logger.warn({ err: error }, 'figures of the last seconds could not be written and are lost');
    }
  }

  /** In the order of their keys, so that two instances do not wait for each other in a circle. */
  #add(tallies: [string, Tally][]): Promise<void> {
    const counts = tallies.flatMap(([id, { counts }]) =>
      [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => [id, ...partsOf(key), count] as const),
    );
    const accounts = tallies
      .flatMap(([id, { accounts }]) => [...accounts.values()].map((account) => ({ id, ...account })))
      .sort((a, b) => (a.channel_account_id < b.channel_account_id ? -1 : 1));
    return inWorkspaces(
      this.#db,
      tallies.map(([id]) => id),
      async (trx) => {
        await sql`select set_config('synchronous_commit', 'off', true)`.execute(trx);
        await sql`insert into conversation.traffic as t (workspace_id, minute, what, count)
          select * from unnest(${counts.map(([id]) => id)}::text[], ${counts.map(([, minute]) => minute)}::timestamptz[],
            ${counts.map(([, , what]) => what)}::text[], ${counts.map(([, , , count]) => count)}::int[])
          on conflict (workspace_id, minute, what) do update set count = t.count + excluded.count`.execute(trx);
        const dates = (one: (account: AccountSeen) => Date | undefined) => accounts.map((account) => one(account) ?? null);
        await sql`insert into conversation.account_traffic as t
            (channel_account_id, workspace_id, last_received_at, last_sent_at, last_error, last_error_at)
          select * from unnest(${accounts.map((one) => one.channel_account_id)}::text[], ${accounts.map((one) => one.id)}::text[],
            ${dates((one) => one.received)}::timestamptz[], ${dates((one) => one.sent)}::timestamptz[],
            ${accounts.map((one) => one.failed?.code ?? null)}::text[], ${dates((one) => one.failed?.at)}::timestamptz[])
          on conflict (channel_account_id) do update set
            last_received_at = greatest(t.last_received_at, excluded.last_received_at),
            last_sent_at = greatest(t.last_sent_at, excluded.last_sent_at),
            last_error = case when excluded.last_error_at is null or excluded.last_error_at < t.last_error_at then t.last_error else excluded.last_error end,
            last_error_at = greatest(t.last_error_at, excluded.last_error_at)`.execute(trx);
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

function partsOf(key: string): [minute: string, what: string] {
  const cut = key.indexOf(' ');
  return [key.slice(0, cut), key.slice(cut + 1)];
}
