import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../context.ts';

/**
 * RFC 8288 links beside the cursor of every list: `first`, and `next` while there is one. Their targets are relative to the host that was asked: there may be
 * several, and a proxy's is not known here.
 */
export function linkPages(app: App): void {
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (!isPage(payload)) return payload;
    sendLinks({ request, reply }, { token: payload.next_page_token, place: {} });
    return payload;
  });
}

/** `token` leads to the next page, null: there is none. `place` is what else says where that one begins, and what the first one goes without. */
export function sendLinks(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  o: { token: string | null; place: Record<string, number> },
): void {
  const [path = '', query = ''] = request.originalUrl.split('?', 2);
  const first = new URLSearchParams(query);
  for (const name of ['page_token', ...Object.keys(o.place)]) first.delete(name);
  const links = [link(path, first, 'first')];
  if (o.token !== null) {
    const next = new URLSearchParams(first);
    for (const [name, value] of Object.entries(o.place)) next.set(name, String(value));
    next.set('page_token', o.token);
    links.push(link(path, next, 'next'));
  }
  const value = links.join(', ');
  if (value.length <= longestLinks) reply.header('link', value);
}

/** What was asked comes back in the links, twice: a client that takes 16 KiB of headers must still get its answer. */
const longestLinks = 8 * 1024;

function isPage(payload: unknown): payload is { next_page_token: string | null } {
  return typeof payload === 'object' && payload !== null && 'next_page_token' in payload;
}

function link(path: string, query: URLSearchParams, relation: string): string {
  const target = `${path}${query.size > 0 ? `?${query}` : ''}`;
  // Node lets these through in a path; in the header they would end the address.
  return `<${target.replaceAll('<', '%3C').replaceAll('>', '%3E')}>; rel="${relation}"`;
}
