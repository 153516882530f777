type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Whether a request comes from a page of this installation, as far as the browser says: by `Sec-Fetch-Site`, and by `Origin`, which must be the public address or
 * the one that was asked. The latter may be trusted here: a browser sends a host's cookie to that host alone, and no page can choose another `Host`.
 */
export function isFromOwnPage(headers: Headers, publicOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = headers;
  if (origin === undefined || origin === publicOrigin) return true;
  return typeof origin === 'string' && URL.canParse(origin) && new URL(origin).host === host;
}
