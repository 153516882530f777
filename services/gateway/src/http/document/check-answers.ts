import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../context.ts';
import type { Events } from '../../events.ts';
import { problemType } from '../problems.ts';

type Json = Record<string, unknown>;

const formats = addFormats as unknown as (ajv: Ajv2020) => Ajv2020;

/** The title of what is answered in place of what does not fit. */
export const unpublished = 'The answer is not as published';

/**
 * For test benches: holds every answer of a documented route against the published document, and answers 500 with what does not fit. Stricter than a
 * client may be: a field that the document does not name is a mistake too. Bodies that stream are held to their media type alone.
 */
export function checkAnswers(app: App, events: Events): void {
  let published: Published | undefined;
  app.addHook('onSend', async (request, reply, payload) => {
    if (!operationIdOf(request)) return payload;
    published ??= new Published(app.swagger() as unknown as Json);
    const problem = published.problemOf(request, reply, payload);
    if (problem === undefined) return payload;
    const detail = `${request.method} ${request.routeOptions.url} answered ${reply.statusCode}, which is not what is published: ${problem}`;
    events.answerUnpublished(detail, request.id);
    reply.code(500).type(problemType).removeHeader('content-length');
    return JSON.stringify({
      type: 'urn:baton:problem:internal',
      title: unpublished,
      status: 500,
      detail,
      code: 'internal',
      trace_id: request.id,
    });
  });
}

function operationIdOf(request: FastifyRequest): string | undefined {
  return (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId;
}

/** The answers of the document, by operation. */
class Published {
  readonly #ajv = formats(new Ajv2020({ strict: false, allErrors: true }));
  readonly #pointers = new Map<string, { pointer: string; responses: Record<string, { content?: Json }> }>();
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: Json) {
    this.#ajv.addSchema({ ...(closed(document) as Json), $id: 'published' });
    for (const [path, methods] of Object.entries(document['paths'] as Record<string, Record<string, Json>>))
      for (const [method, operation] of Object.entries(methods))
        this.#pointers.set(String(operation['operationId']), {
          pointer: `paths/${escaped(path)}/${method}/responses`,
          responses: operation['responses'] as Record<string, { content?: Json }>,
        });
  }

  /** What does not fit; undefined when all does. */
  problemOf(request: FastifyRequest, reply: FastifyReply, payload: unknown): string | undefined {
    const operation = this.#pointers.get(operationIdOf(request) ?? '');
    if (!operation) return 'the operation is not in the document';
    const status = String(reply.statusCode);
    const name = [status, `${status[0]}XX`, 'default'].find((one) => one in operation.responses);
    if (name === undefined) return `the status is not in the document (${Object.keys(operation.responses).join(', ')} are)`;
    const content = operation.responses[name]?.content;
    if (!content || payload === undefined || payload === null || payload === '')
      return content && hasBody(request, reply) ? 'the body is empty' : undefined;
    const type = String(reply.getHeader('content-type') ?? '').split(';', 1)[0] ?? '';
    if (!(type in content) && !('*/*' in content))
      return `the media type is ${type || 'missing'}, not ${Object.keys(content).join(' or ')}`;
    if (!/[/+]json$/.test(type) || (typeof payload !== 'string' && !Buffer.isBuffer(payload))) return undefined;
    return this.#mismatch(`${operation.pointer}/${name}/content/${escaped(type)}/schema`, JSON.parse(String(payload)));
  }

  #mismatch(pointer: string, body: unknown): string | undefined {
    let validate = this.#validators.get(pointer);
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `published#/${encodeURI(pointer)}` });
      this.#validators.set(pointer, validate);
    }
    return validate(body) ? undefined : this.#ajv.errorsText(validate.errors, { dataVar: 'body' });
  }
}

function hasBody(request: FastifyRequest, reply: FastifyReply): boolean {
  return request.method !== 'HEAD' && reply.statusCode !== 204 && reply.statusCode !== 304;
}

function escaped(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

const literal = new Set(['example', 'examples', 'default', 'const', 'enum']);

/** The same document, where an object with named properties has no others unless it says so. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, literal.has(key) ? one : closed(one)]));
  const isOpen = copy['type'] === 'object' && typeof copy['properties'] === 'object' && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
