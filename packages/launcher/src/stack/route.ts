import { reachable, type ServiceName } from './names.ts';
import type { Layout } from './service-env.ts';

export type HostAndPort = { host: string; port: number };

/** One of the connections that the services open among themselves and to their servers. */
export type Link = HostAndPort & { to: 'nats' | 'postgres' | Extract<ServiceName, 'conversation-state' | 'dispatcher'> };

/** The layout as the services are told it, every link led elsewhere; each service still listens where it did. */
export async function rerouted(layout: Layout, route: (link: Link) => Promise<HostAndPort>): Promise<Layout> {
  const nats = await route({ to: 'nats', ...placeOf(new URL(layout.natsUrls.operator)) });
  const natsUrls = Object.fromEntries(
    Object.entries(layout.natsUrls).map(([user, text]) => {
      const url = new URL(text);
      lead(url, nats);
      return [user, url.href.replace(/\/$/, '')];
    }),
  ) as Layout['natsUrls'];
  const first = new URL(layout.databaseUrls.baton_owner);
  const postgres = await route({ to: 'postgres', ...placeOf(first) });
  const databaseUrls = Object.fromEntries(
    Object.entries(layout.databaseUrls).map(([role, text]) => {
      const url = new URL(text);
      lead(url, postgres);
      return [role, url.href];
    }),
  ) as Layout['databaseUrls'];
  const instances = { ...layout.instances };
  for (const to of ['conversation-state', 'dispatcher'] as const) {
    instances[to] = await Promise.all(
      layout.instances[to].map(async (own) => {
        const { port } = await route({ to, host: reachable(layout.host), port: own.main });
        return { ...own, main: port };
      }),
    );
  }
  return { ...layout, natsUrls, databaseUrls, instances };
}

function placeOf(url: URL): HostAndPort {
  return { host: url.hostname, port: Number(url.port) };
}

function lead(url: URL, { host, port }: HostAndPort): void {
  url.hostname = host;
  url.port = String(port);
}
