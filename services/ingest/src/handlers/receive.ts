import { adapters } from '@baton/channels/adapters.ts';
import type { Account, ProviderAdapter, RawRequest } from '@baton/channels/provider.ts';
import { type Provider, providers } from '@baton/contracts/vocabulary.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Directory } from '../directory.ts';
import { publicUrl } from '../domain/public-url.ts';
import type { Events } from '../events.ts';
import type { Files } from '../files.ts';
import { allowOrigin, answerPreflight, isForBrowsers } from '../http/browsers.ts';
import { type Gate, maxMailBytes } from '../http/gate.ts';
import { storeAccepted } from '../http/store-accepted.ts';
import { usableAccount } from '../http/usable-account.ts';
import type { VisitorRates } from '../http/visitor-rates.ts';
import type { Publisher } from '../publisher.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set when the account in the path is known, enabled and of that provider. */
    known: { provider: Provider; channelAccountId: string; adapter: ProviderAdapter; account: Account } | undefined;
  }
}

export interface ReceiveDeps {
  /** undefined until NATS has answered for the first time. */
  store(): { directory: Directory; publisher: Publisher; files: Files } | undefined;
  events: Events;
  simulator: boolean;
  gate: Gate;
  base: string;
  trustProxy: boolean;
  visitors: VisitorRates;
}

type Params = { Params: { provider?: string; channelAccountId: string } };

const nothing = Buffer.alloc(0);

/** `GET|POST /providers/{provider}/{channel_account_id}`: everything that providers tell us. */
export async function receive(app: FastifyInstance, deps: ReceiveDeps): Promise<void> {
  // The signature covers the very bytes: nothing may parse, decode or re-encode them before.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // Before the body is read: who is not known here gets no megabyte of memory.
  app.addHook<Params>('onRequest', async (request, reply) => {
    deps.gate.enter(request, reply, request.routeOptions.bodyLimit);
    request.known = await admit(request, deps);
    const allowed = allowOrigin(request, reply, request.known);
    if (request.method === 'OPTIONS' && isForBrowsers(request.known)) return answerPreflight(reply, allowed);
    checkMethodAndType(request, reply, request.known.adapter);
  });
  app.route<Params>({
    method: ['GET', 'POST', 'OPTIONS'],
    url: '/providers/:provider/:channelAccountId',
    handler: (request, reply) => answer(request, reply, deps),
  });
  // A mail brings its files along.
  app.route<{ Params: { channelAccountId: string } }>({
    method: ['GET', 'POST'],
    url: '/providers/email/:channelAccountId',
    bodyLimit: maxMailBytes,
    handler: (request, reply) => answer(request, reply, deps),
  });
}

async function admit(request: FastifyRequest<Params>, deps: ReceiveDeps): Promise<NonNullable<FastifyRequest['known']>> {
  const { provider: name = 'email', channelAccountId } = request.params;
  const provider = providers.find((one) => one === name);
  if (provider === undefined || (provider === 'simulator' && !deps.simulator)) throw notFound('provider', name);
  const { account } = await usableAccount(deps.store()?.directory, channelAccountId, provider);
  return { provider, channelAccountId, adapter: adapters[provider], account };
}

function checkMethodAndType(request: FastifyRequest, reply: FastifyReply, adapter: ProviderAdapter): void {
  const method = request.method as 'GET' | 'POST';
  if (!adapter.methods.includes(method)) {
    reply.header('allow', adapter.methods.join(', '));
    throw new BatonError('method_not_allowed', `Use ${adapter.methods.join(' or ')}.`);
  }
  if (method === 'GET') return;
  // The signature covers what was sent, and what unpacks has no size: no provider sends that.
  if (!/^(?:identity)?$/i.test(request.headers['content-encoding'] ?? ''))
    throw new BatonError('unsupported_media_type', 'Send the body as it is, without Content-Encoding.');
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (!adapter.contentTypes.includes(type)) {
    throw new BatonError('unsupported_media_type', `The content type must be ${adapter.contentTypes.join(' or ')}.`);
  }
}

async function answer(request: FastifyRequest, reply: FastifyReply, deps: ReceiveDeps): Promise<FastifyReply> {
  const at = request.known!;
  const { adapter, account } = at;
  const raw: RawRequest = {
    method: request.method as 'GET' | 'POST',
    url: publicUrl(request.raw.url ?? '', request.headers, deps),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : nothing,
  };
  const shaken = adapter.handshake?.(raw, account);
  if (shaken === 'refused') {
    deps.events.signatureRefused('handshake', at);
    throw new BatonError('invalid_signature', 'The verification token does not match.');
  }
  if (shaken) return reply.code(shaken.status).header('content-type', shaken.contentType).send(shaken.body);
  const now = new Date();
  await adapter.prepare?.(raw, account, now);
  const verdict = adapter.verify(raw, account, now);
  if (verdict !== true) {
    deps.events.signatureRefused(verdict, at);
    throw new BatonError('invalid_signature', 'The signature does not match.');
  }
  const visitor = adapter.browser?.visitorOf(raw, account, now);
  if (adapter.browser && visitor !== undefined) {
    deps.visitors.take(`${account.channelAccountId} ${visitor}`, adapter.browser.rates.visitor);
    deps.visitors.take(account.channelAccountId, adapter.browser.rates.account);
  }
  const parsed = adapter.parse(raw, account, now);
  await storeAccepted({ ...deps.store()!, events: deps.events }, at, parsed);
  const heard = adapter.answer(parsed.messages.length + parsed.receipts.length);
  return reply.code(heard.status).header('content-type', heard.contentType).send(heard.body);
}
