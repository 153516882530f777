import type { Account, ProviderAdapter } from '@baton/channels/provider.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Known = { adapter: ProviderAdapter; account: Account };

/** Whether browsers ask this account at all: visitors of web pages, and the console where it plays a customer's phone. */
export function isForBrowsers({ adapter }: Known): boolean {
  return adapter.browser !== undefined || adapter.name === 'simulator';
}

/** Lets the page read the answer, refusals included, if the account lists its origin; any other page's browser shows it nothing. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, at: Known): boolean {
  if (!isForBrowsers(at)) return false;
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined) return false;
  const allowed = at.adapter.browser ? at.adapter.browser.allows(at.account, origin) : isOfThisHost(origin, request);
  if (!allowed) return false;
  reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', 'retry-after');
  return true;
}

/** The console is served at another port of the same host; a page from anywhere else must not write as a simulated customer. */
export function isOfThisHost(origin: string, request: FastifyRequest): boolean {
  return URL.canParse(origin) && new URL(origin).hostname === request.hostname;
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
