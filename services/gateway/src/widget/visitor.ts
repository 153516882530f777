import { isAllowedOrigin } from '@baton/channels/web/origin.ts';
import { openVisitor, type Visitor } from '@baton/channels/web/visitor-token.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../context.ts';
import type { WidgetAccount, WidgetAccounts } from './accounts.ts';

const path = /^\/widget\/(chn_[0-9a-z]{1,40})\/[a-z]+(?:\?|$)/;

/** Whether browsers of visitors ask at this path, each of them by the rules of an account. */
export function isOfVisitors(url: string): boolean {
  return path.test(url);
}

/**
 * Lets exactly those pages in that the account names, before anything else is looked at; refused ones get no CORS header, so that their browser shows them nothing.
 * Only a page of our own origin sends none with a GET; without a visitor's token it gets nowhere either.
 */
export function admitOrigins(app: App, accounts: WidgetAccounts): void {
  app.addHook('onRequest', async (request, reply) => {
    const channelAccountId = path.exec(request.url)?.[1];
    if (channelAccountId === undefined) return;
    reply.header('vary', 'Origin').header('cache-control', 'no-store');
    const { origin } = request.headers;
    if (origin === undefined) return;
    const { account } = accounts.get(channelAccountId);
    if (!isAllowedOrigin(account, origin)) throw new BatonError('forbidden', 'This origin is none of the account’s allowed_origins.');
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', 'retry-after');
    if (request.method === 'OPTIONS') return preflight(reply);
  });
}

function preflight(reply: FastifyReply): FastifyReply {
  return reply
    .code(204)
    .header('access-control-allow-methods', 'GET, POST')
    .header('access-control-allow-headers', 'authorization, content-type')
    .header('access-control-max-age', '600')
    .send();
}

export interface Present extends WidgetAccount {
  visitor: Visitor;
}

/** Who asks, by the token in the header; 401 when it is none of this account's or over. */
export function visitorOf(accounts: WidgetAccounts, request: FastifyRequest<{ Params: { channel_account_id: string } }>): Present {
  const found = accounts.get(request.params.channel_account_id);
  const visitor = openVisitor(found.account, bearer(request), new Date());
  if (!visitor) throw new BatonError('unauthorized', 'The visitor token is missing, wrong or over.');
  return { ...found, visitor };
}

function bearer(request: FastifyRequest): string {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}
