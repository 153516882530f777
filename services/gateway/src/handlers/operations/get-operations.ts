import { BatonError } from '@baton/errors/baton-error.ts';
import { LRUCache } from 'lru-cache';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { administers } from '../../http/administers.ts';
import { ConsumerLag } from '../../operations/consumer-lag.ts';
import { Operations, OperationsQuery } from '../../schemas/operations.ts';
import { healthJson, lagJson, trafficJson } from '../../wire/operations/figures.ts';

const schema = {
  operationId: 'getOperations',
  summary: 'How the workspace fares, at one glance',
  description:
    'Throughput and latency by the minute, what became of the AI’s turns, webhook endpoints, dead letters; for administrators also how far the installation’s readers are behind. ' +
    'Answers are remembered for a second. Whoever does not answer is named in `unavailable`, and the rest is told all the same.',
  tags: ['Operations'],
  querystring: OperationsQuery,
  response: { 200: Operations },
};

type Shared = Omit<Operations, 'consumers'>;

/** Several people look at the same figures, and look often. */
const freshMs = 1000;

export function getOperations(app: App, deps: Deps): void {
  const readers = new ConsumerLag(() => deps.hub.bus());
  const answers = new LRUCache<string, Promise<Shared>>({ max: 1000, ttl: freshMs });
  app.get('/v1/operations', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { minutes = 60 } = request.query;
    const workspaceId = workspaceOf(request);
    const place = `${workspaceId} ${minutes}`;
    const asked = answers.get(place) ?? figuresOf(deps, workspaceId, minutes);
    if (!answers.has(place)) answers.set(place, asked);
    const [shared, lag] = await Promise.all([
      asked.catch((error: unknown) => {
        answers.delete(place);
        throw error;
      }),
      administers(request) ? ifThere(readers.now()) : undefined,
    ]);
    const { unavailable } = shared;
    if (lag === 'away') return { ...shared, consumers: null, unavailable: [...unavailable, 'nats' as const] };
    return { ...shared, consumers: lag?.map(lagJson) ?? null };
  });
}

async function figuresOf(deps: Deps, workspaceId: string, minutes: number): Promise<Shared> {
  const [traffic, health] = await Promise.all([
    ifThere(deps.traffic.getTraffic({ workspaceId, minutes })),
    ifThere(deps.webhooks.getWebhookHealth({ workspaceId })),
  ]);
  return {
    as_of: new Date().toISOString(),
    traffic: traffic === 'away' ? null : trafficJson(traffic),
    webhooks: health === 'away' ? null : healthJson(health),
    open_dead_letters: traffic === 'away' || health === 'away' ? null : traffic.openDeadLetters + health.openDeadLetters,
    unavailable: [...(traffic === 'away' ? ['conversation-state' as const] : []), ...(health === 'away' ? ['dispatcher' as const] : [])],
  };
}

/** This is looked at when something is down: what can be said is said. */
async function ifThere<T>(answer: Promise<T>): Promise<T | 'away'> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof BatonError) || error.code === 'unavailable' || error.code === 'timeout') return 'away';
    throw error;
  }
}
