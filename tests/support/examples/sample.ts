import type { Json } from '../api.ts';
import type { Asked } from './captor.ts';

/** Short is more easily read. */
const pageSizes = ['page_size', 'limit', 'size', 'minutes'];
const methods = ['get', 'post', 'patch', 'put', 'delete'];

/** What takes something away is asked last: what the others ask about is still there. */
export function inOrder<T extends { method: string }>(operations: readonly T[]): T[] {
  return operations.toSorted((a, b) => methods.indexOf(a.method) - methods.indexOf(b.method));
}

/**
 * A request made from the document alone: the sample of the body that it shows, and of parameters those that must be given, and the size of a page. Where a field has been seen in an
 * answer (an id, as a rule), it is what was seen last.
 */
export function sampleRequest(document: Json, operation: Json, seen: ReadonlyMap<string, string>): Asked {
  const needed = (place: string) =>
    Object.fromEntries(
      ((operation.parameters ?? []) as Json[])
        .filter((one) => one.in === place && one.required)
        .map((one) => [one.name, String(seen.get(one.name) ?? one.example ?? one.schema?.enum?.[0] ?? '')]),
    );
  const path = needed('path');
  const sizes = ((operation.parameters ?? []) as Json[]).filter(({ in: place, name }) => place === 'query' && pageSizes.includes(name));
  const query = { ...needed('query'), ...Object.fromEntries(sizes.map(({ name }) => [name, '2'])) };
  const media = operation.requestBody?.content?.['application/json'];
  const schema = media && resolved(document, media.schema);
  return {
    ...(Object.keys(path).length > 0 && { path }),
    ...(Object.keys(query).length > 0 && { query }),
    ...(media && { body: withSeen(media.example ?? schema.examples?.[0] ?? {}, seen) }),
  };
}

function resolved(document: Json, schema: Json): Json {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : document.components.schemas[name];
}

function withSeen(sample: Json, seen: ReadonlyMap<string, string>): Json {
  const isId = (name: string, value: unknown) => name.endsWith('_id') && typeof value === 'string' && seen.has(name);
  return Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, isId(name, value) ? seen.get(name) : value]));
}
