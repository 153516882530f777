import pg from 'pg';
import type { FloorMessage } from './process.ts';

const maxRows = 256;
// Two at once: while one waits for the disk, the next is on its way. Four gave nothing more on two cores.
const maxInFlight = 2;

const table = `create schema if not exists floor;
  create table if not exists floor.message (
    id text primary key, direction text not null, sender text not null, recipient text not null, body text not null,
    created_at timestamptz not null default now())`;

const insert = `insert into floor.message (id, direction, sender, recipient, body)
  select id, $1, sender, recipient, body from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as rows (id, sender, recipient, body)
  on conflict (id) do nothing`;

interface Waiting {
  row: FloorMessage;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Gathers rows while earlier ones are under way and inserts them with one statement: no clock, a lone row leaves at once. */
export class Inserter {
  readonly #pool: pg.Pool;
  readonly #direction: string;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #scheduled = false;

  private constructor(pool: pg.Pool, direction: string) {
    this.#pool = pool;
    this.#direction = direction;
  }

  static async open(url: string, direction: 'inbound' | 'outbound'): Promise<Inserter> {
    const pool = new pg.Pool({ connectionString: url, max: maxInFlight, application_name: `floor-${direction}` });
    // Both writers make the table; the lock keeps two `if not exists` from meeting.
    await pool.query(`begin; select pg_advisory_xact_lock(1); ${table}; commit`);
    return new Inserter(pool, direction);
  }

  /** Resolves once the row is committed. */
  add(row: FloorMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      this.#schedule();
    });
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#inFlight >= maxInFlight) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting.splice(0, maxRows);
    this.#inFlight++;
    this.#schedule();
    const columns: [string[], string[], string[], string[]] = [[], [], [], []];
    for (const { row } of batch) {
      columns[0].push(row.id);
      columns[1].push(row.from);
      columns[2].push(row.to);
      columns[3].push(row.text);
    }
    try {
      await this.#pool.query({ name: 'insert', text: insert, values: [this.#direction, ...columns] });
      for (const waiting of batch) waiting.resolve();
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      this.#inFlight--;
      this.#schedule();
    }
  }
}
