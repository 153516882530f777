import type { Answer, CallOptions, Input, ListId, Row } from './operations.ts';

type Fetch<K extends ListId> = (input: Input<K>, options?: CallOptions) => Promise<Answer<K>>;

/** The pages of a list, each asked for when it is needed. */
export async function* pagesOf<K extends ListId>(fetch: Fetch<K>, input: Input<K>, options?: CallOptions): AsyncGenerator<Answer<K>, void> {
  let token: string | undefined;
  do {
    const page = await fetch(token === undefined ? input : withToken(input, token), options);
    yield page;
    token = (page as { next_page_token?: string | null }).next_page_token ?? undefined;
  } while (token !== undefined);
}

/** The rows of a list, to its end or until the reader stops. */
export async function* rowsOf<K extends ListId>(pages: AsyncIterable<Answer<K>>, items: string): AsyncGenerator<Row<K>, void> {
  for await (const page of pages) yield* (page as Record<string, Row<K>[]>)[items] ?? [];
}

function withToken<I>(input: I, token: string): I {
  const { query } = input as { query?: object };
  return { ...input, query: { ...query, page_token: token } };
}
