import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../context.ts';
import { openPageToken, pageTokenKey, signPageToken } from '../domain/page-token.ts';

/** Cursors of conversation-state as signed tokens: nobody can make one up or carry it to another workspace, list or filter. */
export class PageTokens {
  readonly #keys: Buffer[];

  /** `secretKeys`: `<id>:<base64>`, the signing one first. */
  constructor(secretKeys: string[]) {
    this.#keys = secretKeys.map((entry) => pageTokenKey(Buffer.from(entry.slice(entry.indexOf(':') + 1), 'base64')));
  }

  /** The cursor of the request's `page_token`; empty for the first page. Throws `invalid_page_token`. */
  open(request: FastifyRequest, token: string | undefined): string {
    if (token === undefined) return '';
    const cursor = openPageToken(this.#keys, scopeOf(request), token);
    if (cursor === undefined)
      throw new BatonError('invalid_page_token', 'page_token is not one that this list gave for this workspace and these filters.');
    return cursor;
  }

  /** The token of the next page; null at the end. */
  sign(request: FastifyRequest, cursor: string): string | null {
    return cursor === '' ? null : signPageToken(this.#keys, scopeOf(request), cursor);
  }
}

/** What says how to walk a list and not what is in it. */
const walking: ReadonlySet<string> = new Set(['page_size', 'page_token', 'cursor', 'format', 'limit', 'offset', 'page', 'size']);

function scopeOf(request: FastifyRequest): { workspaceId: string; route: string; filters: string } {
  const [path = ''] = request.url.split('?', 1);
  const filters = Object.entries(request.query as Record<string, unknown>)
    .filter(([name, value]) => !walking.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { workspaceId, partnerId } = callerOf(request);
  // Lists that are about no workspace are a partner's.
  return { workspaceId: workspaceId ?? partnerId ?? '', route: path, filters: JSON.stringify(filters) };
}
