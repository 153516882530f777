import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Deps } from '../context.ts';
import { sendLinks } from '../http/representation/links.ts';

/** Rows in a page. Beyond the maximum is refused, never cut down in silence. */
export const Limit = (o: { default: number; max: number }) => Type.Integer({ minimum: 1, maximum: o.max, default: o.default });

export const Offset = Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0, description: 'Rows to pass over.' });

/** So large that no page begins beyond what an offset can say. */
export const PageNumber = Type.Integer({ minimum: 1, maximum: 4_000_000, default: 1 });

/**
 * Not of any dialect's document: in a list that grows at its head, rows move on while a client counts them, and a page by offset repeats some. The
 * `Link` of each page names the next one by a cursor as well, with which nothing is repeated or left out.
 */
export const LinkToken = Type.Optional(
  Type.String({ maxLength: 2048, description: 'From the `Link` header of the page before: goes on there, whatever has come meanwhile.' }),
);

/** Where the page begins, as conversation-state is asked for it. */
export function pageStart(deps: Deps, request: FastifyRequest, offset: number): { cursor: string; offset?: number } {
  const { page_token } = request.query as { page_token?: string };
  return page_token === undefined ? { cursor: '', offset } : { cursor: deps.pageTokens.open(request, page_token) };
}

/** Names the next page and the first one (RFC 8288); `place` is what the dialect's own parameters say of where the next one begins. */
export function linkNext(
  deps: Deps,
  at: { request: FastifyRequest; reply: FastifyReply },
  o: { nextCursor: string; place: Record<string, number> },
): void {
  sendLinks(at, { token: deps.pageTokens.sign(at.request, o.nextCursor), place: o.place });
}
