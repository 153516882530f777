import { dialects } from './dialects.ts';

/** Which dialect answers at which host name, in lower case. */
export type DialectHosts = ReadonlyMap<string, string>;

/** Reads `api.example.com=partner` entries; what is wrong with one is told to `problem`. */
export function parseDialectHosts(entries: readonly string[], problem: (sentence: string) => void): DialectHosts {
  const hosts = new Map<string, string>();
  for (const entry of entries) {
    const [host, name] = entry.split('=', 2);
    if (!host || !dialects.some((one) => one.name === name))
      problem(`BATON_DIALECT_HOSTS has "${entry}", not <host name>=<one of ${dialects.map((one) => one.name).join(', ')}>`);
    else hosts.set(host.toLowerCase(), name!);
  }
  return hosts;
}

/**
 * The address that a request means: at a dialect's own host its paths are those of the product it stands in for, so that clients change nothing and
 * only DNS does. Nothing but the dialect is served there.
 */
export function addressAtHost(hosts: DialectHosts, host: string | undefined, address: string): string {
  if (hosts.size === 0 || host === undefined) return address;
  const name = hosts.get(host.replace(/:\d+$/, '').toLowerCase());
  return name === undefined ? address : `/dialects/${name}${address}`;
}
