import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../context.ts';
import { openPageToken, pageTokenKey, signPageToken } from '../domain/page-token.ts';

/** Cursors of conversation-state as signed tokens: nobody can make one up or carry it to another workspace or list. */
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
    if (cursor === undefined) throw new BatonError('invalid_page_token', 'page_token is not one that this list gave for this workspace.');
    return cursor;
  }

  /** The token of the next page; null at the end. */
  sign(request: FastifyRequest, cursor: string): string | null {
    return cursor === '' ? null : signPageToken(this.#keys, scopeOf(request), cursor);
  }
}

function scopeOf(request: FastifyRequest): { workspaceId: string; route: string } {
  const [path = ''] = request.url.split('?', 1);
  const { workspaceId, partnerId } = callerOf(request);
  // Lists that are about no workspace are a partner's.
  return { workspaceId: workspaceId ?? partnerId ?? '', route: path };
}
