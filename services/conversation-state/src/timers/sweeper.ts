import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@baton/runtime/logger.ts';
import type pg from 'pg';
import type { EarlyReceiptRow } from '../domain/rows.ts';
import type { Events } from '../events.ts';
import { receiveBatch } from '../inbound/receive-batch.ts';
import { settleEchoes } from '../inbound/settle-echoes.ts';
import { keptDays } from '../outbox/events-stream.ts';
import { loadConversations, lockConversations } from '../store/load.ts';
import { decideAndCommit, type Store } from '../store/store.ts';

/** What was signalled is left alone for so long: an hour without a dispatcher must not fill EVENTS with reminders. */
const remindMs = 60_000;
const forgetAtOnce = 5000;
/** In the log, of one round. */
const mostNamed = 20;

interface Stuck {
  id: string;
  workspace_id: string;
  conversation_id: string;
  /** A turn that had begun: whoever ran it is gone. */
  begun: boolean;
}

/**
 * Looks for what nobody is working on any more and signals it again: a turn whose signal was lost with the NATS store, a queued message that no sender saw,
 * a receipt that came in the same moment as its send's answer. One instance does it (the holder of partition 0); two would do no harm.
 */
export class Sweeper implements AsyncDisposable {
  readonly #store: Store;
  readonly #systemPool: pg.Pool;
  readonly #logger: Logger;
  readonly #events: Events;
  readonly #everyMs: number;
  readonly #leads: () => boolean;
  readonly #restore: () => Promise<number>;
  readonly #stop = new AbortController();
  /** When each was signalled. Forgetting it (another instance leads) costs a signal too many, nothing else. */
  readonly #signalled = new Map<string, number>();
  #oldestReceipt = new Date(0);
  #running: Promise<void> | undefined;

  constructor(o: {
    store: Store;
    systemPool: pg.Pool;
    logger: Logger;
    events: Events;
    everyMs: number;
    leads(): boolean;
    restore(): Promise<number>;
  }) {
    this.#store = o.store;
    this.#everyMs = o.everyMs;
    this.#systemPool = o.systemPool;
    this.#logger = o.logger;
    this.#events = o.events;
    this.#leads = o.leads;
    this.#restore = o.restore;
  }

  start(): void {
    this.#running = this.#loop();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    for (let round = 0; !signal.aborted; round++) {
      await delay(this.#everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || !this.#leads()) continue;
      try {
        if (round % 12 === 0) await this.#restoreDirectory();
        await this.#recoverTurns();
        await this.#recoverSends();
        await this.#matchEarlyReceipts();
        await this.#settleEchoes();
        await this.#settleSearchIndex();
        if (round % 60 === 0) await this.#forget();
      } catch (error) {
        this.#logger.warn({ err: error }, 'the sweep failed; trying again');
      }
    }
  }

  /** Does nothing unless the bucket has lost entries, as after the loss of the NATS store. */
  async #restoreDirectory(): Promise<void> {
    const restored = await this.#restore();
    if (restored > 0) this.#logger.warn({ restored }, 'the directory bucket had lost entries; they are back');
  }

  /** A turn that should have begun a minute ago, or that has outlived its deadline without a word. */
  async #recoverTurns(): Promise<void> {
    const { rows } = await this.#systemPool.query<Stuck>(
      `select dispatch_id as id, workspace_id, conversation_id, outcome = 'in_flight' as begun from conversation.dispatch
       where open and not deferred and created_at < now() - interval '60 seconds'
         and (due_at is null or due_at < now() - interval '60 seconds') and (outcome = 'pending' or deadline_at < now() - interval '15 seconds')
         and dispatch_id <> all($1::text[])
       order by created_at limit 200`,
      [this.#lately()],
    );
    await this.#signalAll(rows, 'turn');
  }

  async #recoverSends(): Promise<void> {
    const { rows } = await this.#systemPool.query<Stuck>(
      `select m.message_id as id, m.workspace_id, m.conversation_id, false as begun from conversation.message m
       where m.open and m.created_at < now() - interval '90 seconds' and m.message_id <> all($1::text[])
         and not exists (select 1 from conversation.timer t where t.kind = 'send_retry' and t.subject_id = m.message_id)
         and not exists (select 1 from conversation.message e where e.conversation_id = m.conversation_id
                         and e.open and e.sequence < m.sequence)
       order by m.created_at limit 200`,
      [this.#lately()],
    );
    await this.#signalAll(rows, 'send');
  }

  #lately(): string[] {
    const since = Date.now() - remindMs;
    for (const [id, at] of this.#signalled) if (at < since) this.#signalled.delete(id);
    return [...this.#signalled.keys()];
  }

  async #signalAll(rows: Stuck[], what: 'turn' | 'send'): Promise<void> {
    for (const stuck of rows) {
      if (this.#stop.signal.aborted) return;
      await this.#signal(stuck, what);
      this.#signalled.set(stuck.id, Date.now());
    }
    if (rows.length === 0) return;
    const ids = rows.slice(0, mostNamed).map(({ id, begun }) => (begun ? `${id} (begun)` : id));
    this.#events.recovered({ what, count: rows.length, ids });
  }

  async #signal(stuck: Stuck, what: 'turn' | 'send'): Promise<void> {
    await decideAndCommit(this.#store, [stuck.workspace_id], {
      what: 'timer',
      load: async (pipeline) => {
        const [, [conversation]] = await pipeline.run([
          { statement: lockConversations, values: [[stuck.conversation_id]] },
          { statement: loadConversations, values: [[stuck.conversation_id]] },
        ]);
        return conversation;
      },
      decide: (ledger, conversation) => {
        if (!conversation) return;
        // `recover` begins a turn anew even while it runs, so a turn that only waits must not get it: of two reminders the second would begin it twice.
        if (what === 'turn') ledger.emit(conversation, 'dispatch.ready', { dispatch_id: stuck.id, recover: stuck.begun });
        else ledger.emit(conversation, 'send.ready', { message_id: stuck.id });
      },
    });
  }

  /** The newest, since the race is a matter of moments, and a page of the older ones, in turn. Those of messages that are not ours never find one. */
  async #matchEarlyReceipts(): Promise<void> {
    const { rows: fresh } = await this.#systemPool.query<EarlyReceiptRow>(
      `select * from conversation.early_receipt where received_at > now() - interval '1 minute' order by received_at desc limit 500`,
    );
    const { rows: older } = await this.#systemPool.query<EarlyReceiptRow>(
      `select * from conversation.early_receipt where received_at > $1 and received_at <= now() - interval '1 minute' order by received_at limit 500`,
      [this.#oldestReceipt],
    );
    this.#oldestReceipt = older.length < 500 ? new Date(0) : older[499]!.received_at;
    const rows = [...fresh, ...older];
    if (rows.length === 0) return;
    const items = rows.map((row) => ({
      kind: 'receipt' as const,
      receipt: {
        workspace_id: row.workspace_id,
        channel_account_id: row.channel_account_id,
        provider: '',
        provider_message_id: row.provider_message_id,
        status: row.status,
        occurred_at: row.occurred_at.toISOString(),
        received_at: row.received_at.toISOString(),
        error_code: row.error_code ?? '',
        error_detail: row.error_detail ?? '',
        message_id: row.message_id,
        ...(row.from_address !== '' && { agent_id: row.agent_id, from: row.from_address }),
      },
    }));
    const { receipts } = await receiveBatch(this.#store, items, { fence: [], waiting: true });
    if (receipts > 0) this.#events.recovered({ what: 'receipt', count: receipts });
  }

  /** By now the send that each may be of has been answered, or has been given up for lost. */
  async #settleEchoes(): Promise<void> {
    const count = await settleEchoes(this.#store, this.#systemPool);
    if (count > 0) this.#events.recovered({ what: 'echo', count });
  }

  /** Moves new messages from the pending list of the search index into its tree, so that no writer has to and searches have little to look through. */
  async #settleSearchIndex(): Promise<void> {
    await this.#systemPool.query('select conversation.settle_search_index()');
  }

  /** EVENTS keeps seven days, so the outbox does; unmatched receipts belong to messages that are not ours. */
  async #forget(): Promise<void> {
    const events = `select position from conversation.event e where created_at < now() - make_interval(days => ${keptDays})
      and not exists (select 1 from conversation.outbox o where o.partition = e.partition and o.position = e.position)`;
    await this.#remove(`delete from conversation.event where position = any(array(${events} limit ${forgetAtOnce}))`);
    await this.#remove(
      `delete from conversation.command_result where ctid = any(array(select ctid from conversation.command_result
       where created_at < now() - interval '48 hours' limit ${forgetAtOnce}))`,
    );
    await this.#remove(
      `delete from conversation.traffic where ctid = any(array(select ctid from conversation.traffic
       where minute < now() - interval '25 hours' limit ${forgetAtOnce}))`,
    );
    await this.#remove(
      `delete from conversation.early_receipt where ctid = any(array(select ctid from conversation.early_receipt
       where received_at < now() - interval '7 days' limit ${forgetAtOnce}))`,
    );
  }

  /** A bite at a time: one statement for a day's rows would run into its time-out, and so for ever. */
  async #remove(sql: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const { rowCount } = await this.#systemPool.query(sql);
      if ((rowCount ?? 0) < forgetAtOnce) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
