import { operationTable } from './gen/operations.ts';
import type { Answer, CallOptions, Input, ListId, Methods, Row } from './operations.ts';
import { pagesOf, rowsOf } from './pages.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { type Frame, follow, type StreamOptions } from './stream.ts';
import { Transport } from './transport.ts';

export interface BatonOptions {
  /** Where the gateway is: `https://baton.example.com`. */
  baseUrl: string;
  /** `pk_live_…` or `pk_test_…`. Without it requests carry what `fetch` adds: in a page of the installation, the cookie of the session. */
  apiKey?: string;
  /** In a page of the installation, where the cookie of a session stands in for a key: the session's `csrf_token`, as it is when something is changed. */
  csrfToken?: () => string;
  /** With a partner's key: the workspace to act in. */
  workspaceId?: string;
  /** For one attempt; 30 s. */
  timeoutMs?: number;
  retry?: Partial<RetryPolicy>;
  /** Instead of the global one. */
  fetch?: (request: Request) => Promise<Response>;
}

export interface Helpers {
  /** Every row of a list: `for await (const row of baton.rows('listConversations')) …` */
  rows<K extends ListId>(list: K, ...given: Given<K>): AsyncGenerator<Row<K>, void>;
  /** The same, page by page, as Baton answers them. */
  pages<K extends ListId>(list: K, ...given: Given<K>): AsyncGenerator<Answer<K>, void>;
  /** Events as they happen, of one conversation or the whole workspace. */
  stream(options?: StreamOptions): AsyncGenerator<Frame, void>;
}

type Given<K extends ListId> =
  Record<never, never> extends Input<K> ? [input?: Input<K>, options?: CallOptions] : [input: Input<K>, options?: CallOptions];

/** A method for every operation of the API, and the helpers. */
export type Baton = Methods & Helpers;

/** A client of one Baton installation. It holds no connection and needs no closing. */
export function createBaton(options: BatonOptions): Baton {
  const transport = new Transport({
    baseUrl: options.baseUrl,
    headers: {
      ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
      ...(options.workspaceId !== undefined && { 'baton-workspace': options.workspaceId }),
    },
    fetch: withCsrf(options.csrfToken, options.fetch ?? ((request) => globalThis.fetch(request))),
    timeoutMs: options.timeoutMs ?? 30_000,
    retry: { ...defaultRetryPolicy, ...options.retry },
  });
  const methods = Object.fromEntries(
    Object.entries(operationTable).map(([id, operation]) => [
      id,
      (input?: object, call?: CallOptions) => transport.call({ ...operation, ...(input && { input }) }, call),
    ]),
  ) as unknown as Methods;
  const pages: Helpers['pages'] = (list, ...[input, call]) => pagesOf<typeof list>(methods[list] as never, (input ?? {}) as never, call);
  return {
    ...methods,
    pages,
    rows: (list, ...given) => rowsOf<typeof list>(pages(list, ...given), operationTable[list].items),
    stream: (streamOptions = {}) => follow(transport, streamOptions),
  };
}

type Fetch = NonNullable<BatonOptions['fetch']>;

function withCsrf(token: (() => string) | undefined, fetch: Fetch): Fetch {
  if (!token) return fetch;
  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') request.headers.set('x-csrf-token', token());
    return fetch(request);
  };
}
