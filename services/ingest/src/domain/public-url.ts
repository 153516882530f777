import type { IncomingHttpHeaders } from 'node:http';

/**
 * The URL as the provider called it, query byte for byte. `base` is the configured public URL; only with `trustProxy` do the proxy's headers
 * count, since anybody can send them and a signature over an URL of the sender's choice is worth less.
 */
export function publicUrl(target: string, headers: IncomingHttpHeaders, o: { base: string; trustProxy: boolean }): string {
  if (!o.trustProxy) return o.base + target;
  const host = first(headers['x-forwarded-host']) ?? headers.host;
  const scheme = first(headers['x-forwarded-proto']);
  if (host === undefined || (scheme !== 'https' && scheme !== 'http')) return o.base + target;
  return `${scheme}://${host}${target}`;
}

/** Of a list that several proxies wrote, the first is what the outside saw. */
function first(value: string | string[] | undefined): string | undefined {
  const text = typeof value === 'string' ? value : value?.[0];
  return text?.split(',', 1)[0]?.trim() || undefined;
}
