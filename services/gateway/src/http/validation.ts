import { isUtf8 } from 'node:buffer';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyRequest } from 'fastify';
import type { App } from '../context.ts';
import { fieldProblems } from '../domain/field-problems.ts';
import { jsonProblem } from '../domain/json-rules.ts';

// `default` export of a CommonJS package: the function itself at run time, a namespace for the compiler.
const formats = addFormats as unknown as (ajv: Ajv) => Ajv;

/** A body beyond this is reported by its first error alone: collecting them all would let one request name half a million. */
const collectBelowBytes = 64 * 1024;

/**
 * Validates bodies strictly (no conversion, no field dropped in silence) and query parameters with conversion from text. Path parameters are not
 * validated here: a malformed id is "not found", like any other that does not exist.
 */
export function validateStrictly(app: App): void {
  const compilers = {
    body: { first: ajv({ coerceTypes: false, allErrors: false }), all: ajv({ coerceTypes: false, allErrors: true }) },
    querystring: { first: ajv({ coerceTypes: true, allErrors: false }), all: ajv({ coerceTypes: true, allErrors: true }) },
  };
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    if (httpPart !== 'body' && httpPart !== 'querystring') return () => true;
    const { first, all } = compilers[httpPart];
    const [quick, thorough] = [first.compile(schema), all.compile(schema)];
    return (value: unknown) => check({ value, quick, thorough, where: httpPart === 'body' ? 'body' : 'query' });
  });
  // The answers' shapes are typed in wire/ and checked against the document in tests; a serializer that fails on a surprise would turn it into a 500.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined && request.routeOptions.config.optionalBody) request.body = {};
    refuseUnstorable(request.body, 'body');
    refuseUnstorable(request.query, 'query');
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done) => {
    // Clients send the header on every POST, also where there is nothing to send.
    if (body.length === 0) done(null, undefined);
    else if (!/^(?:identity)?$/i.test(request.headers['content-encoding'] ?? ''))
      done(new BatonError('unsupported_media_type', 'Send the body as it is, without Content-Encoding.'));
    // Decoded as it is, other characters would be stored in their place without a word.
    else if (!isUtf8(body)) done(new BatonError('malformed_request', 'The body is not UTF-8.'));
    else
      parse(request, body.toString('utf8'), (error, value) =>
        error ? done(new BatonError('malformed_request', 'The body is not valid JSON.', { cause: error })) : done(null, value),
      );
  });
}

function ajv(options: { coerceTypes: boolean; allErrors: boolean }): Ajv {
  return formats(
    new Ajv({ ...options, useDefaults: true, removeAdditional: false, strict: true, allowUnionTypes: true, strictTypes: false }),
  );
}

function check(o: {
  value: unknown;
  quick: ValidateFunction;
  thorough: ValidateFunction;
  where: 'body' | 'query';
}): true | { error: Error } {
  if (o.quick(o.value)) return true;
  const small = o.where === 'query' || JSON.stringify(o.value ?? null).length < collectBelowBytes;
  if (small) o.thorough(o.value);
  const problems = fieldProblems((small ? o.thorough.errors : o.quick.errors) ?? o.quick.errors ?? [], o.where);
  const [one] = problems;
  const detail =
    problems.length === 1 && one
      ? `${one.path === '' ? 'The body' : one.path} ${one.message}.`
      : `${problems.length} fields are not valid.`;
  return { error: new BatonError('validation_error', detail, { problems }) };
}

function refuseUnstorable(value: unknown, where: 'body' | 'query'): void {
  const problem = jsonProblem(value);
  if (problem) throw invalidField(where === 'query' ? problem.path.replace(/^\//, '') : problem.path, problem.message);
}
