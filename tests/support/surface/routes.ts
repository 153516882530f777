import { type IdKind, idPrefixes, uuidOfId } from '@baton/contracts/ids.ts';
import { type Json, must } from '../api.ts';

/** One operation of the published document that has a guard: of those, everything is in it. */
export type Route = {
  id: string;
  method: string;
  path: string;
  /** Names of the parameters in the path and in the query. */
  parameters: string[];
  query: { name: string; schema: Json; required: boolean }[];
  /** Schema of the body, with its references resolved; undefined: it takes none. */
  body: Json | undefined;
  /** Its answer has no end. */
  streams: boolean;
};

/** What a request names, by the name of the parameter. */
export type Ids = Record<string, string>;

export async function routeTable(base: string): Promise<Route[]> {
  const document = await must('GET', `${base}/openapi.json`);
  return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.entries<Json>(item)
      .filter(([, operation]) => operation.security.length > 0)
      .map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
        query: (operation.parameters ?? []).filter((one: Json) => one.in === 'query'),
        body: operation.requestBody && resolved(Object.values<Json>(operation.requestBody.content)[0].schema, document),
        streams: 'text/event-stream' in (operation.responses['200']?.content ?? {}),
      })),
  );
}

function resolved(schema: Json, document: Json): Json {
  if (Array.isArray(schema)) return schema.map((one) => resolved(one, document));
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref) return resolved(document.components.schemas[schema.$ref.split('/').at(-1)], document);
  return Object.fromEntries(Object.entries(schema).map(([key, one]) => [key, resolved(one, document)]));
}

/** The id as the native API shows it, and as dialects do. */
export function spellingsOf(id: string): string[] {
  const uuids = Object.keys(idPrefixes).map((kind) => uuidOfId(kind as IdKind, id));
  return [id, ...uuids.filter((uuid) => uuid !== undefined)];
}

/** The route's address with these in its path, and in its query what they have for it. */
export function addressOf(route: Route, o: { path: Ids; query: Ids }): string {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    // A place in a list names nobody's thing.
    const id = name === 'index' ? '0' : o.path[name];
    if (id === undefined) throw unknown(route, name);
    return encodeURIComponent(id);
  });
  const named = route.query.flatMap(({ name, schema, required }): [string, string][] => {
    if (name in o.query) return [[name, o.query[name] ?? '']];
    if (Object.keys(o.query).length > 0 && /_id$|Id$/.test(name) && name !== 'last_event_id') throw unknown(route, name);
    return required ? [[name, String(fillOf(name, schema))]] : [];
  });
  return named.length > 0 ? `${path}?${new URLSearchParams(named)}` : path;
}

function unknown(route: Route, name: string): Error {
  return new Error(
    `${route.method} ${route.path}: nothing is known for ${name}. Make one in tests/support/surface/things.ts, with the canary in every text it has, and answer its id as ${name}.`,
  );
}

/** A body that is right in everything but whose things it names: what must be there, every id there is a place for, and one field more where that is nothing. */
export function bodyOf(route: Route, ids: Ids): { body: Json; names: boolean } | undefined {
  if (!route.body) return undefined;
  const properties = Object.entries<Json>(route.body.properties ?? {});
  const required: string[] = route.body.required ?? [];
  const body: Json = {};
  let names = false;
  for (const [name, schema] of properties) {
    const id = idFor(schema, ids);
    if (id !== undefined) {
      names = true;
      body[name] = schema.type === 'array' ? [id] : id;
    } else if (required.includes(name) || alwaysGiven.has(name)) body[name] = fillOf(name, schema);
  }
  const [first] = properties;
  if (first && Object.keys(body).length === 0) body[first[0]] = fillOf(first[0], first[1]);
  return { body, names };
}

/** Of these one is needed, and no schema says so. */
const alwaysGiven = new Set(['body', 'to']);

const known: Record<string, Json> = {
  address: '+12025550998',
  body: 'x',
  channel: 'sms',
  provider: 'simulator',
  query: 'canary',
  secret: `whsec_${'A'.repeat(32)}`,
  to: '+12025550999',
  to_number: '+12025550999',
  url: 'https://example.com/',
};

function fillOf(name: string, schema: Json): Json {
  if (name in known) return known[name];
  const [branch = schema] = schema.anyOf ?? [];
  if (branch.examples) return branch.examples[0];
  if (branch.enum) return branch.enum[0];
  if (branch.type === 'array') return [fillOf('', branch.items)];
  if (branch.type === 'boolean') return true;
  if (branch.type === 'integer') return branch.minimum ?? 1;
  if (branch.type === 'object') return {};
  return branch.format === 'date-time' ? '2026-05-15T12:00:00.000Z' : 'x';
}

/** The id that a field wants, told by the prefix of its example. */
function idFor(schema: Json, ids: Ids): string | undefined {
  const [branch] = schema.anyOf ?? [schema];
  const example = (branch.type === 'array' ? branch.items : branch)?.examples?.[0];
  const prefix = typeof example === 'string' ? /^[a-z]+_(?=[0-9a-z]{26}$)/.exec(example)?.[0] : undefined;
  return prefix && Object.values(ids).find((id) => id.startsWith(prefix));
}
