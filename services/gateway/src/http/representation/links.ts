import type { App } from '../../context.ts';

/**
 * RFC 8288 links beside the cursor of every list: `first`, and `next` while there is one. Their targets are relative to the host that was asked: there may be
 * several, and a proxy's is not known here.
 */
export function linkPages(app: App): void {
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (!isPage(payload)) return payload;
    const [path = '', query = ''] = request.originalUrl.split('?', 2);
    const first = new URLSearchParams(query);
    first.delete('page_token');
    const links = [link(path, first, 'first')];
    if (payload.next_page_token !== null) {
      const next = new URLSearchParams(first);
      next.set('page_token', payload.next_page_token);
      links.push(link(path, next, 'next'));
    }
    reply.header('link', links.join(', '));
    return payload;
  });
}

function isPage(payload: unknown): payload is { next_page_token: string | null } {
  return typeof payload === 'object' && payload !== null && 'next_page_token' in payload;
}

function link(path: string, query: URLSearchParams, relation: string): string {
  const target = `${path}${query.size > 0 ? `?${query}` : ''}`;
  // Node lets these through in a path; in the header they would end the address.
  return `<${target.replaceAll('<', '%3C').replaceAll('>', '%3E')}>; rel="${relation}"`;
}
