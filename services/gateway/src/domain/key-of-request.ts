type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The credential a request carries: `Authorization: Bearer`, else `X-Partner-Key`. Neither is trimmed into shape: a malformed one is none. */
export function credentialOf(headers: Headers): string | undefined {
  const { authorization } = headers;
  if (typeof authorization === 'string') return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  const partner = headers['x-partner-key'];
  return typeof partner === 'string' && partner !== '' ? partner : undefined;
}
