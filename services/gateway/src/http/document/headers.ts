type Json = Record<string, unknown>;
type Operation = { parameters?: Json[]; responses: Record<string, { headers?: Json; content?: Record<string, { schema?: Json }> }> };

const integer = (description: string) => ({ description, schema: { type: 'integer' } });
const text = (description: string) => ({ description, schema: { type: 'string' } });

const headers: Record<string, Json> = {
  'X-Request-Id': text("Names the request in the logs: the caller's own `X-Request-Id`, or one made here."),
  'RateLimit-Limit': integer('Requests that fit into one burst.'),
  'RateLimit-Remaining': integer('Requests left now.'),
  'RateLimit-Reset': integer('Seconds until all are there again.'),
  RateLimit: text('The same, as in the draft of the IETF.'),
  'RateLimit-Policy': text('The rule behind it.'),
  'Retry-After': integer('Seconds to wait before the same request makes sense again.'),
  ETag: text('Names this answer: send it as `If-None-Match`.'),
  Link: text('RFC 8288: `first`, and `next` while there is another page.'),
  'Idempotent-Replayed': text('`true`: an earlier request with this `Idempotency-Key` got this answer.'),
};

const ifNoneMatch = {
  in: 'header',
  name: 'if-none-match',
  required: false,
  schema: { type: 'string' },
  description: 'An `ETag` you have: while it stands the answer is 304, without a body.',
};

const always = ['X-Request-Id', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'RateLimit', 'RateLimit-Policy'];

/** What every guarded operation has by the hooks of `http/`: the headers of its answers, and 304. Before schemas are moved to the components. */
export function describeHeaders(document: Json): Json {
  for (const methods of Object.values(document['paths'] as Record<string, Record<string, Operation>>))
    for (const [method, operation] of Object.entries(methods)) if (operation.responses['default']) describe(method, operation);
  return { ...document, components: { ...(document['components'] as Json), headers } };
}

function describe(method: string, operation: Operation): void {
  const isTaggedRead = method === 'get' && contentOf(operation, '200')?.['application/json'] !== undefined;
  const isPaged = operation.parameters?.some(({ name }) => name === 'page_token') ?? false;
  for (const [status, response] of Object.entries(operation.responses)) {
    const more = status.startsWith('2') ? ofSuccess({ method, isTaggedRead, isPaged }) : ['Retry-After'];
    response.headers = { ...response.headers, ...references([...always, ...more]) };
  }
  if (!isTaggedRead) return;
  operation.parameters = [...(operation.parameters ?? []), ifNoneMatch];
  operation.responses['304'] = { ...{ description: 'Nothing has changed.' }, headers: references([...always, 'ETag']) };
}

function ofSuccess(o: { method: string; isTaggedRead: boolean; isPaged: boolean }): string[] {
  return [...(o.isTaggedRead ? ['ETag'] : []), ...(o.isPaged ? ['Link'] : []), ...(o.method === 'post' ? ['Idempotent-Replayed'] : [])];
}

function contentOf(operation: Operation, status: string): Record<string, unknown> | undefined {
  return operation.responses[status]?.content;
}

function references(names: string[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
