import swagger from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyContextConfig } from 'fastify';
import type { App } from '../context.ts';
import { dialectAt, dialects } from '../dialects/dialects.ts';
import { Problem } from '../schemas/common.ts';
import { SessionCookie } from '../sessions/cookie.ts';
import { addExamples } from './document/examples.ts';
import { describeHeaders } from './document/headers.ts';
import { allowReference } from './document/page-policy.ts';

type Json = Record<string, unknown>;

const description = `The control plane between message channels and AI: one conversation with a customer, shared by an AI and people.

Ids are opaque and sortable. Times are RFC 3339 in UTC. Errors are RFC 9457 problems with a stable \`code\`. Every POST takes an \`Idempotency-Key\`.`;

const tags = [
  { name: 'Conversations', description: 'Threads between one agent and one customer; who answers is `ai_mode`.' },
  { name: 'Messages', description: 'Sending to an address, and looking at one message.' },
  { name: 'Dispatches', description: 'The answers of an AI backend that come later.' },
  { name: 'Suggestions', description: 'Replies of an AI that wait for a person, or came too late.' },
  { name: 'Streams', description: 'Server-sent events.' },
  { name: 'Configuration', description: 'Workspaces, agents and channel accounts.' },
  { name: 'Replays', description: 'Past turns put to another AI backend, to judge it before it is switched on. No customer hears of it.' },
  { name: 'Access', description: 'Keys of workspaces and partners, and the people of a workspace.' },
  { name: 'Sessions', description: 'Signing in and out: for pages of this installation.' },
  { name: 'Contacts', description: 'People, their addresses, and what they may no longer be sent.' },
  { name: 'Inbox', description: 'What people work with who look after conversations: canned replies and tags.' },
  { name: 'Webhooks', description: 'Events sent to your URLs, and the log of it.' },
  { name: 'Operations', description: 'What could not be handled.' },
  ...dialects.map(({ tag, description }) => ({ name: tag, description })),
];

/** Serves `/openapi.json`, made from the very schemas that validate, and `/docs` from files of this installation. Register it before the routes. */
export async function describeApi(app: App, publicUrl: string): Promise<void> {
  const bodyless = new Set<string>();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Baton', version: '1.0.0', description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      servers: [{ url: publicUrl }],
      tags,
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key: `pk_live_…` or `pk_test_…`, with the scope that the operation names.',
          },
          partnerKey: { type: 'apiKey', in: 'header', name: 'X-Partner-Key', description: 'The same, in a header of its own.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: new SessionCookie(publicUrl).name,
            description:
              'The session of somebody who has signed in (`createSession`), with their rights. What changes something takes `X-CSRF-Token` too, and comes from a ' +
              'page of this installation. Where a request also has a key, the key counts, be it wrong.',
          },
          streamToken: { type: 'apiKey', in: 'query', name: 'token', description: 'An API key or a ticket; only on streams.' },
        },
      },
      security: [{ apiKey: [] }, { partnerKey: [] }],
    },
    transform: ({ schema, url, route }) => {
      if (route.config?.optionalBody) bodyless.add(String((schema as Json)['operationId']));
      return { schema: describeRoute((schema ?? {}) as Json, url, route), url };
    },
    transformObject: (document) =>
      ('openapiObject' in document
        ? nameSchemas(addExamples(describeHeaders(relaxBodies(document.openapiObject as unknown as Json, bodyless))))
        : {}) as never,
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  allowReference(app, referencePath, publicUrl);
  await app.register(scalar, {
    routePrefix: referencePath,
    configuration: { url: '/openapi.json', withDefaultFonts: false, telemetry: false, hideClientButton: true } as Json,
  });
}

const referencePath = '/docs';

const idempotencyHeader = {
  type: 'string',
  maxLength: 255,
  description: 'The same key and body within 24 h give the first answer again, marked `Idempotent-Replayed: true`.',
};
const workspaceHeader = {
  type: 'string',
  description: 'With a partner key: the workspace to act in.',
  examples: ['acc_01k9qg3v5e7h2m4n6p8r0s2t4v'],
};

const userHeader = {
  type: 'string',
  description: 'The person in whose name this is asked: their role limits it, and records name them.',
  examples: ['usr_01k9qg3v5e7h2m4n6p8r0s2t4v'],
};

const csrfHeader = { type: 'string', description: 'By the cookie of a session alone: its `csrf_token`.' };

/** The native API, which our own pages use as well. */
function isApi(url: string): boolean {
  return url.startsWith('/v1/');
}

/** What every guarded route has besides its own schema: the headers, and the problems it may answer. */
function describeRoute(schema: Json, url: string, route: { method: string | string[]; config?: FastifyContextConfig }): Json {
  const auth = route.config?.auth;
  const refusal = refusalOf(url);
  const refusals = { '4xx': refusal, default: refusal };
  if (!auth && isApi(url)) return { ...schema, security: [], response: { ...(schema['response'] as Json), ...refusals } };
  if (!auth) return schema;
  const post = route.method === 'POST';
  const given = (schema['headers'] as { properties?: Json } | undefined)?.properties;
  const properties: Json = {
    ...given,
    ...((auth.workspace ?? 'optional') === 'optional' && { 'baton-workspace': workspaceHeader }),
    ...(auth.workspace !== 'none' && { 'baton-user': userHeader }),
    ...(post && { 'idempotency-key': idempotencyHeader }),
    ...(isApi(url) && route.method !== 'GET' && route.method !== 'HEAD' && { 'x-csrf-token': csrfHeader }),
  };
  return {
    ...schema,
    ...(Object.keys(properties).length > 0 && { headers: { type: 'object', properties } }),
    // Which scope the key must have: what OpenAPI 3.1 calls a role.
    security: ['apiKey', 'partnerKey', ...(isApi(url) ? ['session'] : []), ...(auth.queryToken ? ['streamToken'] : [])].map((scheme) => ({
      [scheme]: [auth.scope],
    })),
    response: { ...(schema['response'] as Json), ...refusals },
  };
}

/** The plugin calls every body required; some may be left out. */
function relaxBodies(document: Json, bodyless: Set<string>): Json {
  for (const methods of Object.values(document['paths'] as Record<string, Record<string, Json>>))
    for (const operation of Object.values(methods))
      if (bodyless.has(String(operation['operationId'])))
        operation['requestBody'] = { ...(operation['requestBody'] as Json), required: false };
  return document;
}

/** What is documented for everything that goes wrong at this address. */
function refusalOf(url: string): Json {
  const dialect = dialectAt(url);
  return dialect
    ? { description: 'An error', content: { 'application/json': { schema: dialect.errorSchema } } }
    : { description: 'A problem', content: { 'application/problem+json': { schema: Problem } } };
}

/** Moves every schema with a `title` to the components under that name. The same name for two different schemas is a mistake and throws. */
export function nameSchemas(document: Json): Json {
  const schemas = new Map<string, string>();
  const named: Json = {};
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, key === 'examples' || key === 'example' ? one : walk(one)]),
    );
    const title = inner['title'];
    if (typeof title !== 'string' || inner['type'] !== 'object') return inner;
    const text = JSON.stringify(inner);
    if ((schemas.get(title) ?? text) !== text) throw new Error(`Two schemas are named ${title}.`);
    schemas.set(title, text);
    named[title] = inner;
    return { $ref: `#/components/schemas/${title}` };
  };
  const paths = walk(document['paths']) as Json;
  const components = document['components'] as Json;
  return { ...document, paths, components: { ...components, schemas: named } };
}
