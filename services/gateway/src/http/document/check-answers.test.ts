import Fastify, { type FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import type { App } from '../../context.ts';
import type { Events } from '../../events.ts';
import { describeApi } from '../openapi.ts';
import { checkAnswers } from './check-answers.ts';

const Thing = Type.Object({ name: Type.String(), size: Type.Union([Type.Integer(), Type.Null()]) }, { title: 'Thing' });

/** The answer to `GET /v1/thing`, whose handler answers this, and what was logged. */
async function answer(given: { status?: number; type?: string; body: unknown }) {
  const app = Fastify() as unknown as App;
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  const logged: string[] = [];
  checkAnswers(app, { answerUnpublished: (detail: string) => void logged.push(detail) } as Partial<Events> as Events);
  await describeApi(app, 'http://127.0.0.1');
  const schema = { operationId: 'getThing', response: { 200: Thing } };
  app.get('/v1/thing', { schema, config: { auth: { scope: 'read' } } }, async (_request, reply: FastifyReply) => {
    if (given.type !== undefined) void reply.type(given.type);
    return reply.code(given.status ?? 200).send(given.body) as never;
  });
  const { statusCode, body } = await app.inject('/v1/thing');
  await app.close();
  return { status: statusCode, body, logged: logged.length };
}

test('an answer as published passes untouched', async () => {
  expect(await answer({ body: { name: 'a', size: null } })).toEqual({ status: 200, body: '{"name":"a","size":null}', logged: 0 });
});

test.each([
  ['a field is missing', { body: { name: 'a' } }],
  ['a field is of another type', { body: { name: 'a', size: '3' } }],
  ['a field is not documented', { body: { name: 'a', size: 3, colour: 'red' } }],
  ['the status is not documented', { status: 201, body: { name: 'a', size: 3 }, published: '200, default' }],
  ['the media type is another', { body: 'name,size', type: 'text/csv' }],
  ['a refusal is no problem', { status: 404, body: { error: 'no' } }],
])('where %s, the answer becomes a fault that says so', async (_what, given) => {
  const found = await answer(given);
  expect(found).toMatchObject({ status: 500, logged: 1 });
  expect(JSON.parse(found.body).detail).toMatch(/^GET \/v1\/thing answered \d+, which is not what is published: \S/);
});
