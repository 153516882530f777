import { randomUUID } from 'node:crypto';
import { newId } from '@baton/contracts/ids.ts';
import { eventSubject } from '@baton/contracts/subjects.ts';
import { inPipeline, type Pipeline, type Step, statement } from '@baton/db/pipeline.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { traceparent } from '@baton/telemetry/carriers.ts';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { type Changes, noChanges } from '../domain/changes.ts';
import { Ledger } from '../domain/ledger.ts';
import type { EventRow } from '../domain/rows.ts';
import type { Tables } from './tables.ts';
import { type Written, writeChanges } from './write.ts';

/** An event with its place in the log. `again`: it goes into a stream made anew, and its readers had it from the one before. */
export type CommittedEvent = EventRow & { position: number; again?: boolean };

/** Where the facts live, and who is told when new ones are committed. */
export interface Store {
  /** For queries and rare commands. */
  db: Kysely<Tables>;
  /** For searches: a few at a time, and none for long, so that they hold up nothing else. */
  search: Kysely<Tables>;
  /** For exports, which hold a connection as long as their reader takes. */
  exports: Kysely<Tables>;
  /** For the statements that every message goes through. */
  pool: pg.Pool;
  /** Told after each commit what is to be published now. */
  committed(events: CommittedEvent[]): void;
  /** Told of everything that a decision has changed, once it is committed. */
  counted(changes: Changes, now: Date): void;
  /** Something is to be published in this partition; what, the outbox knows. */
  announced(partition: number): void;
  now(): Date;
  /** Identifies this process among the instances. */
  instanceId: string;
}

export const newInstanceId = () => randomUUID();

export function newLedger(now: Date): Ledger {
  return new Ledger({ now, newId, traceparent: traceparent() ?? null }, eventSubject);
}

const doNotWaitForDisk: Step<unknown> = {
  statement: statement('do_not_wait_for_disk', `select set_config('synchronous_commit', 'off', true)`),
  values: [],
};

/** Serialization failure (a fenced row had moved), deadlock, and two that started the same thread at once: nothing stands, so it is safe to look again. */
const again = new Set(['40001', '40P01', '23505']);

type Commit = 'inbound' | 'command' | 'turn' | 'reply' | 'claim' | 'result' | 'timer';

/**
 * One decision or a batch of them: `load` reads under row locks, `decide` works in memory, the changes are written and committed in one round trip.
 * When what was read has moved meanwhile, it starts over.
 */
export async function decideAndCommit<Loaded, Result>(
  store: Store,
  workspaceIds: Iterable<string>,
  o: {
    /** What is committed, as the chaos harness calls it. */
    what: Commit;
    load(pipeline: Pipeline): Promise<Loaded>;
    decide(ledger: Ledger, loaded: Loaded): Result;
    /** Further statements of the same commit. */
    also?(result: Result): Step<unknown>[];
    /**
     * What was decided may be forgotten by a crash of the database's machine, as long as no event tells of it: it is then decided again. Saves waiting
     * for the disk.
     */
    forgettable?: boolean;
    /** True when the decision was no: whatever it had begun to change is dropped. */
    refused?(result: Result): boolean;
  },
): Promise<Result> {
  const scope = [...new Set(workspaceIds)];
  for (let attempt = 1; ; attempt++) {
    try {
      const { result, events, changes } = await inPipeline(store.pool, scope, async (pipeline) => {
        const loaded = await o.load(pipeline);
        const ledger = newLedger(store.now());
        const result = o.decide(ledger, loaded);
        const changes = o.refused?.(result) ? noChanges() : ledger.close();
        const write = writeChanges(changes);
        const unhurried = o.forgettable && changes.events.length === 0 ? [doNotWaitForDisk] : [];
        const steps = [...(write ? [write] : []), ...(o.also?.(result) ?? []), ...unhurried];
        if (steps.length > 0) killPoint(`${o.what}.before_commit`);
        const [written] = steps.length > 0 ? await pipeline.commit(steps) : [];
        if (steps.length > 0) killPoint(`${o.what}.after_commit`);
        const positions = write ? ((written as Written[])[0]?.positions ?? []) : [];
        return { result, changes, events: changes.events.map((event, index) => ({ ...event, position: positions[index]! })) };
      });
      if (events.length > 0) store.committed(events);
      store.counted(changes, store.now());
      return result;
    } catch (error) {
      if (attempt >= 5 || !again.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
