import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyInstance } from 'fastify';
import type { Directory } from '../directory.ts';
import { answerPreflight, isOfThisHost } from '../http/browsers.ts';
import type { Gate } from '../http/gate.ts';
import { knownAccount } from '../http/usable-account.ts';
import type { Trouble, Troubles } from '../simulator/troubles.ts';

export interface SimulatorTroubleDeps {
  store(): { directory: Directory } | undefined;
  gate: Gate;
  troubles: Troubles;
}

type Params = { Params: { channelAccountId: string } };

const mostRefusals = 100;
const latestMs = 600_000;

/**
 * `POST /providers/simulator/{id}/trouble` with `{ "to", "refuse", "receipts_late_ms" }`: what the phone (without `to`: the next one of the account that is sent
 * to) does to what comes next. What is not given is 0. Open to all, as the phone itself is.
 */
export async function simulatorTrouble(app: FastifyInstance, deps: SimulatorTroubleDeps): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    deps.gate.enter(request, reply);
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    const allowed = origin !== undefined && isOfThisHost(origin, request);
    if (allowed) reply.header('access-control-allow-origin', origin);
    if (request.method === 'OPTIONS') return answerPreflight(reply, allowed);
  });
  app.route<Params>({
    method: ['POST', 'OPTIONS'],
    url: '/providers/simulator/:channelAccountId/trouble',
    handler: async (request, reply) => {
      const { channelAccountId } = request.params;
      const store = deps.store();
      if (!store) throw new BatonError('unavailable', 'The channel accounts are not known yet.', { retryAfterSeconds: 1 });
      const known = await knownAccount(store.directory, channelAccountId);
      if (known.provider !== 'simulator') throw notFound('channel account', channelAccountId);
      const { to, ...trouble } = readTrouble(request.body);
      deps.troubles.set({ channelAccountId, to }, trouble);
      return reply.send({ to: to ?? null, refuse: trouble.refuse, receipts_late_ms: trouble.receiptsLateMs });
    },
  });
}

function readTrouble(body: unknown): Trouble & { to: string | undefined } {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { to } = given;
  if (to !== undefined && to !== null && (typeof to !== 'string' || to === '' || to.length > 320))
    throw invalidField('/to', 'must be an address');
  return {
    to: typeof to === 'string' ? to : undefined,
    refuse: wholeNumber(given, 'refuse', mostRefusals),
    receiptsLateMs: wholeNumber(given, 'receipts_late_ms', latestMs),
  };
}

function wholeNumber(given: Record<string, unknown>, name: string, most: number): number {
  const value = given[name] ?? 0;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    throw invalidField(`/${name}`, `must be a whole number from 0 to ${most}`);
  return value;
}
