import { pg } from './driver.ts';
import type { Step } from './pipeline.ts';

type Sent = string | Buffer | null;

/** Of pg's connection what @types/pg leaves out or asks too much of; pg's own cursor, another query of its own kind, rests on the same. */
interface Wire {
  stream: { cork(): void; uncork(): void };
  /** The statements that it has prepared, whoever did: texts by name. */
  parsedStatements: Record<string, string>;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: Sent[] }): void;
  describe(message: { type: 'P' }): void;
  execute(): void;
  sync(): void;
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): Sent } }).utils;

/** As the server reads a `text[]`. */
export const arrayLiteral = (values: readonly string[]): string => prepareValue(values) as string;

interface Column {
  name: string;
  parse(value: string): unknown;
}

/** Of each connection, by statement: the columns of its answers. They stay as long as it does: the server refuses a statement whose columns have changed. */
const columnsKnown = new WeakMap<pg.Connection, Map<string, Column[]>>();

/**
 * Prepared statements that travel in one write and are answered in one. As queries of pg's own, pipelined or not, each would have a write and a
 * synchronization point of its own, and each of those wakes the other side: five of either in a transaction instead of two.
 * After the first that fails the server runs none of the rest.
 */
export class RoundTrip implements pg.Submittable {
  readonly #steps: readonly Step<unknown>[];
  readonly #values: Sent[][];
  readonly #answers: Record<string, unknown>[][] = [];
  #rows: Record<string, unknown>[] = [];
  #known = new Map<string, Column[]>();
  #columns: Column[] | undefined;
  #unreadable: Error | undefined;
  /** Called with the rows of each step, or with what went wrong. pg puts its `query_timeout` around it. */
  callback: (error: Error | null, rows?: Record<string, unknown>[][]) => void;

  constructor(steps: readonly Step<unknown>[], callback: RoundTrip['callback']) {
    this.#steps = steps;
    // Before anything is sent: a value that cannot be must not break off between two messages.
    this.#values = steps.map((step) => step.values.map(prepareValue));
    this.callback = callback;
  }

  submit(connection: pg.Connection): void {
    const wire = connection as unknown as Wire;
    this.#known = columnsKnown.get(connection) ?? new Map();
    columnsKnown.set(connection, this.#known);
    wire.stream.cork();
    try {
      for (const [index, { statement }] of this.#steps.entries()) {
        if (wire.parsedStatements[statement.name] === undefined) {
          wire.parse(statement);
          // Should it fail, the connection is not used again.
          wire.parsedStatements[statement.name] = statement.text;
        }
        wire.bind({ statement: statement.name, values: this.#values[index]! });
        if (!this.#known.has(statement.name)) wire.describe({ type: 'P' });
        wire.execute();
      }
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  }

  handleRowDescription({ fields }: { fields: pg.FieldDef[] }): void {
    this.#columns = fields.map((field) => ({ name: field.name, parse: pg.types.getTypeParser(field.dataTypeID, 'text') }));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#columns ??= this.#known.get(this.#name()) ?? [];
    try {
      const row: Record<string, unknown> = {};
      for (const [index, column] of this.#columns.entries()) {
        const value = fields[index] ?? null;
        row[column.name] = value === null ? null : column.parse(value);
      }
      this.#rows.push(row);
    } catch (error) {
      this.#unreadable ??= error as Error;
    }
  }

  handleCommandComplete(): void {
    const name = this.#name();
    if (!this.#known.has(name)) this.#known.set(name, this.#columns ?? []);
    this.#answers.push(this.#rows);
    this.#rows = [];
    this.#columns = undefined;
  }

  handleReadyForQuery(): void {
    if (this.#unreadable) this.callback(this.#unreadable);
    else this.callback(null, this.#answers);
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  /** Of the step that is being answered. */
  #name(): string {
    return this.#steps[this.#answers.length]!.statement.name;
  }
}
