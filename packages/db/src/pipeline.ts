import { bearBrokenConnections } from './broken-connections.ts';
import { pg } from './driver.ts';
import { RoundTrip } from './round-trip.ts';
import { workspaceList } from './scope.ts';
import { apart, together } from './together.ts';

/** A statement prepared once per connection under its name. */
export interface Statement<Row> {
  name: string;
  text: string;
  /** Its columns that are times: the JSON in which `readAfter` brings rows knows none. */
  dates: readonly string[];
  /** Never set: carries the type of a row. */
  row?: Row;
}

export function statement<Row>(name: string, text: string, dates: readonly (keyof Row & string)[] = []): Statement<Row> {
  return { name, text, dates };
}

/** A statement with its parameters. */
export interface Step<Row> {
  statement: Statement<Row>;
  values: unknown[];
}

type Rows<Steps extends readonly Step<unknown>[]> = { [I in keyof Steps]: Steps[I] extends Step<infer Row> ? Row[] : never };

/** These statements are lookups by key, prepared once per connection: planned once, from indexes, and not compiled just in time for microseconds of work. */
const keyLookups = ['enable_seqscan=off', 'plan_cache_mode=force_generic_plan', 'jit=off'];

const begin = statement('begin', 'begin');
const scope = statement('scope', `select set_config('app.workspaces', $1, true)`);
const commit: Step<unknown> = { statement: statement('commit', 'commit'), values: [] };

/** Connections for `inPipeline`, where several statements travel in one write, so a transaction costs two round trips instead of six. */
export function openPipelinePool(o: { url: string; name: string; poolSize: number; onError?: (error: Error) => void }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: o.url,
    application_name: o.name,
    max: o.poolSize,
    options: keyLookups.map((setting) => `-c ${setting}`).join(' '),
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 15_000,
    lock_timeout: 10_000,
    // The server's own limits do not help when the server is behind a black hole.
    query_timeout: 30_000,
  });
  bearBrokenConnections(pool, o.onError);
  return pool;
}

/** One transaction over a pipelined connection; see `inPipeline`. */
export class Pipeline {
  readonly #client: pg.PoolClient;
  readonly #workspaceIds: string;
  #begun = false;
  #finished = false;
  #failure: Error | undefined;

  constructor(client: pg.PoolClient, workspaceIds: Iterable<string>) {
    this.#client = client;
    this.#workspaceIds = workspaceList(workspaceIds);
  }

  /** What went wrong on the connection, whoever has caught it. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Sends the steps in one write and waits for all their rows; the transaction begins with the first call. */
  run<const Steps extends readonly Step<unknown>[]>(steps: Steps): Promise<Rows<Steps>> {
    return this.#send(steps, false);
  }

  /**
   * A first step (as a rule the one that takes the locks), then reads that see what stands once it is done: as one statement, however many they are.
   * Each must be a plain query; times must be named in its `dates`.
   */
  async readAfter<First, const Steps extends readonly Step<unknown>[]>(first: Step<First>, steps: Steps): Promise<[First[], Rows<Steps>]> {
    const [lead, [answer]] = await this.run([first, together(steps)]);
    return [lead, apart(steps, answer) as Rows<Steps>];
  }

  /** The last steps, with the commit in the same write. When a step fails, nothing of the transaction stands. */
  async commit<const Steps extends readonly Step<unknown>[]>(steps: Steps): Promise<Rows<Steps>> {
    const rows = await this.#send(steps, true);
    return rows;
  }

  /** Not after a failure: the connection goes with it, and one that does not answer would be waited for a second time. */
  async rollback(): Promise<void> {
    if (this.#begun && !this.#finished && !this.#failure) await this.#client.query('rollback');
    this.#finished = true;
  }

  async #send<Steps extends readonly Step<unknown>[]>(steps: Steps, last: boolean): Promise<Rows<Steps>> {
    const opening = this.#begun
      ? []
      : [
          { statement: begin, values: [] },
          { statement: scope, values: [this.#workspaceIds] },
        ];
    this.#begun = true;
    // Also when it fails: nothing of it stands, and nobody uses the connection again.
    if (last) this.#finished = true;
    const rows = await this.#roundTrip([...opening, ...steps, ...(last ? [commit] : [])]);
    return rows.slice(opening.length, opening.length + steps.length) as Rows<Steps>;
  }

  async #roundTrip(steps: readonly Step<unknown>[]): Promise<unknown[][]> {
    try {
      return await new Promise((resolve, reject) => {
        this.#client.query(new RoundTrip(steps, (error, rows) => (error ? reject(error) : resolve(rows!))));
      });
    } catch (error) {
      // From here on it leads to who asked; so far, to the socket that read the answer.
      Error.captureStackTrace(error as Error);
      this.#failure = error as Error;
      throw error;
    }
  }
}

/**
 * Runs `work` in one transaction that sees only rows of these workspaces. `work` must end with `commit`; if it throws or leaves without,
 * everything is rolled back. A connection on which something went wrong is not used again.
 */
export async function inPipeline<T>(pool: pg.Pool, workspaceIds: Iterable<string>, work: (pipeline: Pipeline) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const pipeline = new Pipeline(client, workspaceIds);
  let broken: Error | undefined;
  try {
    const result = await work(pipeline);
    await pipeline.rollback();
    return result;
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    await pipeline.rollback().catch(() => undefined);
    throw error;
  } finally {
    client.release(broken ?? pipeline.failure);
  }
}
