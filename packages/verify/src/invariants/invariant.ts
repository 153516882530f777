/**
 * What must be so in the rows of any conversation, told from Postgres alone. The statement finds what is not: it is given `$1` conversation ids, `$2` the moment
 * before which everything should have come to its end, `$3` by how many ms the clocks of two instances may disagree, and answers
 * `workspace_id, conversation_id, id, detail`. It never selects a text, a number or a name.
 */
export interface Invariant {
  name: string;
  promise: string;
  sql: string;
}

/** The same of an installation as a whole: `$1` a workspace or null, `$2` the moment before which everything should have come to its end. */
export type InstallationInvariant = Invariant;

export interface Violation {
  invariant: string;
  workspace_id: string | null;
  conversation_id: string | null;
  /** Of the row that is wrong. */
  id: string;
  detail: string;
}

/** One statement, on a connection that row-level security hides nothing from. */
export type Query = <Row extends object>(sql: string, values: unknown[]) => Promise<Row[]>;
