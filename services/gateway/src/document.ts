import { Health } from '@baton/runtime/health.ts';
import { createLogger } from '@baton/runtime/logger.ts';
import type { Config } from './config.ts';
import type { Deps } from './context.ts';
import { createEvents } from './events.ts';
import { buildServer } from './server.ts';

/**
 * What `/openapi.json` of a gateway with this configuration answers, without any server: the routes are registered as ever, and no request is
 * made. Whatever a route does with its dependencies while it is being registered is a mistake, and fails here.
 */
export async function apiDocument(config: Config): Promise<Record<string, unknown>> {
  const logger = createLogger('gateway', 'silent');
  const deps: Deps = { ...(unused('deps') as Deps), config };
  const app = await buildServer({
    deps: new Proxy(deps, { get: (given, name) => (name in given ? Reflect.get(given, name) : unused(String(name))) }),
    events: createEvents(logger),
    health: new Health(),
    logger,
  });
  await app.ready();
  const document = app.swagger() as unknown as Record<string, unknown>;
  await app.close();
  return document;
}

/** Can be handed on and taken apart, but not used. */
function unused(name: string): unknown {
  const refuse = () => {
    throw new Error(`${name} was used while the routes were being registered; only handlers may do that.`);
  };
  return new Proxy(refuse, { get: (_, member) => unused(`${name}.${String(member)}`), ownKeys: () => ['prototype'] });
}
