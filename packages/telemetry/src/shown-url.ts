/**
 * What a span may show of a URL that we ask: no query, and no path segment that is a secret (Telegram has the bot's token there).
 * Empty: nothing has to be hidden.
 */
export function shownUrl(origin: string, path: string): Record<string, string> {
  const [route, query] = path.split('?', 2) as [string, string | undefined];
  const shown = route.replace(/\/bot\d+(?::|%3A)[^/]+/gi, '/botREDACTED');
  if (shown === route && query === undefined) return {};
  return {
    'url.path': shown,
    'url.full': `${origin}${shown}${query === undefined ? '' : '?REDACTED'}`,
    ...(query !== undefined && { 'url.query': 'REDACTED' }),
  };
}
