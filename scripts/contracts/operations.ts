import type { Json } from './json.ts';

/** One operation of the OpenAPI document, with what the generators ask about it. */
export interface Operation {
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  tag: string;
  summary: string;
  /** Answers server-sent events instead of one body. */
  streams: boolean;
  /** Answers something else than one JSON body, or a choice of formats. */
  file: boolean;
  /** The field of the answer that holds the rows, where there is a `page_token` to go on with. */
  pagedField: string | undefined;
  source: Json;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** All operations, in the order of the document. */
export function operationsOf(document: Json): Operation[] {
  return Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const source = item[method] as Json | undefined;
      return source ? [operationOf(document, { path, method: method.toUpperCase() as Operation['method'], source })] : [];
    }),
  );
}

function operationOf(document: Json, at: { path: string; method: Operation['method']; source: Json }): Operation {
  const { source } = at;
  const content = answerContent(source);
  const schema = resolve(document, (content['application/json'] as Json | undefined)?.['schema'] as Json | undefined);
  return {
    ...at,
    id: String(source['operationId']),
    tag: (source['tags'] as string[])[0] ?? '',
    summary: String(source['summary']),
    streams: 'text/event-stream' in content,
    file: Object.keys(content).some((type) => type !== 'application/json'),
    pagedField: takesPageToken(source) ? pagedField(document, schema) : undefined,
  };
}

/** The content of the first success. */
function answerContent(source: Json): Json {
  const [, answer] = Object.entries(source['responses'] as Record<string, Json>).find(([status]) => /^2/.test(status)) ?? [];
  return (answer?.['content'] ?? {}) as Json;
}

function takesPageToken(source: Json): boolean {
  return ((source['parameters'] ?? []) as Json[]).some((parameter) => parameter['name'] === 'page_token');
}

// Rows are objects; a list of words (tags) is a field of something else.
function pagedField(document: Json, schema: Json | undefined): string | undefined {
  const properties = (schema?.['properties'] ?? {}) as Record<string, Json>;
  if (!('next_page_token' in properties)) return undefined;
  const lists = Object.entries(properties).filter(
    ([, one]) => one['type'] === 'array' && resolve(document, one['items'] as Json)?.['type'] === 'object',
  );
  return lists.length === 1 ? lists[0]?.[0] : undefined;
}

/** The schema that a `$ref` names, or the schema itself. */
export function resolve(document: Json, schema: Json | undefined): Json | undefined {
  const ref = schema?.['$ref'];
  if (typeof ref !== 'string') return schema;
  return ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<Json | undefined>((at, name) => at?.[name] as Json | undefined, document);
}
