import type { Account, ProviderAdapter } from '@baton/channels/provider.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Lets the page read the answer, refusals included, if the account lists its origin; any other page's browser shows it nothing. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, at: { adapter: ProviderAdapter; account: Account }): boolean {
  const { browser } = at.adapter;
  if (!browser) return false;
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !browser.allows(at.account, origin)) return false;
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', 'retry-after');
  return true;
}

/** What a browser asks before it posts from another origin. */
export function answerPreflight(reply: FastifyReply, allowed: boolean): FastifyReply {
  if (!allowed) throw new BatonError('forbidden', 'This origin is none of the account’s allowed_origins.');
  return reply
    .code(204)
    .header('access-control-allow-methods', 'POST')
    .header('access-control-allow-headers', 'authorization, content-type')
    .header('access-control-max-age', '600')
    .send();
}
