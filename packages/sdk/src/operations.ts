import type { operations } from './gen/api.ts';
import type { operationTable } from './gen/operations.ts';

type Table = typeof operationTable;

/** The operations of the API by their `operationId`, streams apart. */
export type OperationId = keyof Table;

type Given<K extends OperationId> = operations[K] extends { parameters: infer P } ? P : never;

// A part that an operation does not have is typed `never` in the generated types; one that it needs is not optional.
type Part<P, From extends string, To extends string> = From extends keyof P
  ? [NonNullable<P[From]>] extends [never]
    ? unknown
    : undefined extends P[From]
      ? { [name in To]?: NonNullable<P[From]> }
      : { [name in To]: P[From] }
  : unknown;

type BodyPart<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { body?: B }
    : unknown;

/** What an operation takes: `path`, `query`, `headers` and `body`, each where the operation has it. */
export type Input<K extends OperationId> = Part<Given<K>, 'path', 'path'> &
  Part<Given<K>, 'query', 'query'> &
  Part<Given<K>, 'header', 'headers'> &
  BodyPart<operations[K]>;

type Success = 200 | 201 | 202;

type Content<O> = O extends { responses: infer R } ? R[keyof R & Success] : never;

/** What an operation answers: its JSON; the `Response` itself where the answer is a file; nothing where there is none. */
export type Answer<K extends OperationId> = Table[K] extends { raw: true }
  ? Response
  : Content<operations[K]> extends { content: { 'application/json': infer A } }
    ? A
    : undefined;

/** The operations that answer a page of rows. */
export type ListId = { [K in OperationId]: Table[K] extends { items: string } ? K : never }[OperationId];

type Items<K extends ListId> = Table[K] extends { items: infer I } ? I : never;

/** One row of a list. */
export type Row<K extends ListId> =
  Items<K> extends infer I ? (I extends keyof Answer<K> ? (Answer<K>[I] extends (infer R)[] ? R : never) : never) : never;

export interface CallOptions {
  /** Ends the call, also between two attempts. */
  signal?: AbortSignal;
  /** For one attempt; instead of the client's own. */
  timeoutMs?: number;
  /** Only on POST: one of your own instead of a random one, so that the call can be repeated by another process. */
  idempotencyKey?: string;
}

export type Method<K extends OperationId> = (
  ...given: Record<never, never> extends Input<K> ? [input?: Input<K>, options?: CallOptions] : [input: Input<K>, options?: CallOptions]
) => Promise<Answer<K>>;

/** Every operation as a method of the same name. */
export type Methods = { [K in OperationId]: Method<K> };
