const hidden = 'REDACTED';

/**
 * What a span may show of a URL that we ask: who was asked. The path is as secret as the query: Telegram has the bot's token there, and the URLs of
 * subscribers and backends, which others choose, often have theirs.
 */
export function shownTarget(origin: string): Record<string, string> {
  return { 'url.path': `/${hidden}`, 'url.full': `${origin}/${hidden}`, 'url.query': hidden };
}

const ours = /^(?:[a-z]{2,8}_[0-9a-z]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const word = /^[a-z][a-z0-9.-]{0,40}$/;

/**
 * What a span may show of a request that comes in: ids of ours and the words of routes, nothing that a caller can choose. A customer's number can be a
 * part of the path, a tag too; a query may hold a key (?token=), a number and a text (Twilio by GET).
 */
export function shownRequest(url: string, headers: { 'user-agent'?: string | undefined }): Record<string, string> {
  const [path = '', query] = url.split('?', 2);
  return {
    'url.path': shownPath(path),
    ...(query !== undefined && { 'url.query': hidden }),
    ...(headers['user-agent'] !== undefined && { 'user_agent.original': hidden }),
  };
}

/** The first two segments say which collection it is; behind an id of ours stands another word of the route. */
function shownPath(path: string): string {
  const segments = path.split('/').slice(1);
  const shown = segments.map((segment, i) => {
    const isWord = word.test(segment) && (i < 2 || ours.test(segments[i - 1] ?? ''));
    return segment === '' || isWord || ours.test(segment) ? segment : hidden;
  });
  return `/${shown.join('/')}`;
}
