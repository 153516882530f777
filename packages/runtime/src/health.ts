import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { limitServer, opsLimits, serverOptions } from './http/limits.ts';
import { refuseUnreadable } from './http/refuse-unreadable.ts';
import { securityHeadersFor } from './http/security-headers.ts';

/** Answers undefined when fine, else one sentence about what is missing. */
export type HealthCheck = () => Promise<string | undefined> | string | undefined;

/** Whether the service can do its work now: every needed dependency has one check. */
export class Health {
  readonly #checks = new Map<string, HealthCheck>();
  #stopping = false;

  add(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  /** From now on `readyz` says no, so that load balancers go elsewhere while work in hand is finished. */
  stopping(): void {
    this.#stopping = true;
  }

  /** Name → sentence of what is wrong; empty when ready. A check that takes over two seconds counts as failed. */
  async problems(): Promise<Record<string, string>> {
    if (this.#stopping) return { service: 'stopping' };
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await settle(check)] as const));
    return Object.fromEntries(results.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
  }
}

async function settle(check: HealthCheck): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve('no answer within 2 s'), 2000);
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** `/healthz` (the process lives), `/readyz` (it can work), `/metrics` (Prometheus text) for services without an HTTP face of their own. */
export async function startOpsServer(o: {
  host: string;
  port: number;
  health: Health;
  metrics: () => Promise<string>;
}): Promise<AsyncDisposable & { port: number }> {
  const server: Server = createServer(serverOptions(opsLimits), async (req, res) => {
    for (const [name, value] of Object.entries(securityHeadersFor('http'))) res.setHeader(name, value);
    try {
      if (req.method !== 'GET' && req.method !== 'HEAD') res.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
      else if (req.url === '/healthz') res.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
      else if (req.url === '/readyz') {
        const problems = await o.health.problems();
        const ready = Object.keys(problems).length === 0;
        res
          .writeHead(ready ? 200 : 503, { 'content-type': 'application/json' })
          .end(JSON.stringify({ status: ready ? 'ok' : 'unavailable', problems }));
      } else if (req.url === '/metrics') res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(await o.metrics());
      else res.writeHead(404).end();
    } catch {
      res.writeHead(500).end();
    }
  });
  limitServer(server, opsLimits);
  server.on('clientError', refuseUnreadable);
  server.listen(o.port, o.host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : o.port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
