import { statement } from '@baton/db/pipeline.ts';
import type pg from 'pg';
import type { CommittedEvent } from '../store/store.ts';
import type { Era } from './events-stream.ts';

const nextRows = statement<CommittedEvent>(
  'outbox_next',
  `select e.*, o.again from (select position, again from conversation.outbox where partition = any($1::smallint[]) order by partition, position limit $2) o,
   lateral (select * from conversation.event e where e.position = o.position offset 0) e order by e.position`,
);

// Only as long as the stream that has them is the one in use: a new one is being filled from these very rows. The lock has that wait, or be waited for.
const marks = statement<{ current: boolean }>(
  'outbox_published',
  `with stream as materialized (select created from conversation.events_stream for share),
   gone as (delete from conversation.outbox using stream
     where stream.created = $3 and partition = any($1::smallint[]) and position = any($2::bigint[]))
   select created = $3 as current from stream`,
);

/** Nobody waits for the marks: with few messages each would be a statement of its own. */
const gatherMs = 20;

/** What is still to be published, as the database knows it. */
export class OutboxTable {
  readonly #pool: pg.Pool;
  readonly #replaced: () => void;
  #published: { created: string; events: CommittedEvent[] }[] = [];
  #marking: Promise<void> | undefined;
  #due: NodeJS.Timeout | undefined;

  /** `replaced`: the stream that something was published into is not the one in use any more. */
  constructor(pool: pg.Pool, replaced: () => void) {
    this.#pool = pool;
    this.#replaced = replaced;
  }

  /** The oldest events of these partitions that are not marked as published. */
  async next(partitions: number[], limit: number): Promise<CommittedEvent[]> {
    await this.flush();
    const { rows } = await this.#pool.query<CommittedEvent>({ name: nextRows.name, text: nextRows.text, values: [partitions, limit] });
    return rows;
  }

  /** Marks in the background, some at a time: should it fail or the process end first, they are published once more under the same ids. */
  published(events: CommittedEvent[], { created }: Era): void {
    const last = this.#published.at(-1);
    if (last?.created === created) last.events.push(...events);
    else this.#published.push({ created, events: [...events] });
    this.#due ??= setTimeout(() => void this.flush().catch(() => undefined), gatherMs);
  }

  /** Resolves when everything published so far is marked; rejects when the database would not. */
  async flush(): Promise<void> {
    clearTimeout(this.#due);
    this.#due = undefined;
    while (this.#marking) await this.#marking.catch(() => undefined);
    if (this.#published.length === 0) return;
    this.#marking = this.#mark().finally(() => {
      this.#marking = undefined;
    });
    await this.#marking;
  }

  async #mark(): Promise<void> {
    for (let batch = this.#published.shift(); batch; batch = this.#published.shift()) {
      const { created, events } = batch;
      try {
        const partitions = [...new Set(events.map((event) => event.partition))];
        const { rows } = await this.#pool.query<{ current: boolean }>({
          name: marks.name,
          text: marks.text,
          values: [partitions, events.map((event) => event.position), created],
        });
        if (rows[0]?.current === false) this.#replaced();
      } catch (error) {
        this.#published.unshift(batch);
        throw error;
      }
    }
  }
}
