import type { Bus } from '@baton/bus/connect.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyInstance } from 'fastify';
import type { Directory } from '../directory.ts';
import { isOfThisHost } from '../http/browsers.ts';
import { knownAccount } from '../http/usable-account.ts';
import { readOutbox } from '../simulator/phone.ts';

export interface SimulatorOutboxDeps {
  store(): { bus: Bus; directory: Directory } | undefined;
}

type Query = { Params: { channelAccountId: string }; Querystring: { to?: string | string[]; after?: string | string[] } };

/** `GET /providers/simulator/{id}/outbox?to=&after=`: what reached the simulated phones, 1,000 at most, oldest first. Open to all: it exists for trying out. */
export async function simulatorOutbox(app: FastifyInstance, deps: SimulatorOutboxDeps): Promise<void> {
  app.get<Query>('/providers/simulator/:channelAccountId/outbox', async (request, reply) => {
    const { channelAccountId } = request.params;
    const { origin } = request.headers;
    reply.header('vary', 'Origin');
    if (origin !== undefined && isOfThisHost(origin, request)) reply.header('access-control-allow-origin', origin);
    const store = deps.store();
    if (!store) throw new BatonError('unavailable', 'The message store is not reachable.', { retryAfterSeconds: 1 });
    const known = await knownAccount(store.directory, channelAccountId);
    if (known.provider !== 'simulator') throw notFound('channel account', channelAccountId);
    const [to, after] = [one(request.query.to), one(request.query.after)];
    const messages = await readOutbox(store.bus, { channelAccountId, to, after }).catch((cause: unknown) => {
      throw new BatonError('unavailable', 'The outbox cannot be read right now.', { retryAfterSeconds: 1, cause });
    });
    return reply.send({ messages });
  });
}

/** A plus in a query is a space to most parsers, and a phone number written there by hand has one. */
function one(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined || text === '') return undefined;
  return /^ \d+$/.test(text) ? `+${text.slice(1)}` : text;
}
