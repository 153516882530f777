import { randomBytes } from 'node:crypto';
import { base62, secretBytes } from '@baton/contracts/api-key.ts';
import { Type } from 'typebox';
import { type App, callerOf, type Deps, workspaceOf } from '../../context.ts';
import { secretHash } from '../../domain/api-key.ts';
import { NoQuery } from '../../schemas/common.ts';
import { StreamTicket } from '../../schemas/operations.ts';
import { insertTicket } from '../../store/tickets.ts';

const lifeMs = 60_000;

const schema = {
  operationId: 'createStreamTicket',
  summary: 'Make a ticket for one stream',
  description: 'For browsers: a ticket opens one stream within 60 seconds, so that no API key has to stand in an address.',
  tags: ['Streams'],
  querystring: NoQuery,
  body: Type.Object({}, { title: 'CreateStreamTicket', additionalProperties: false }),
  response: { 201: StreamTicket },
};

export function createStreamTicket(app: App, deps: Deps): void {
  app.post('/v1/stream-tickets', { schema, config: { auth: { scope: 'read' }, optionalBody: true } }, async (request, reply) => {
    const ticket = `tkt_${base62(randomBytes(secretBytes), 32)}`;
    const expiresAt = new Date(Date.now() + lifeMs);
    const { keyHash } = callerOf(request);
    await insertTicket(deps.db, { hash: secretHash(ticket), workspaceId: workspaceOf(request), keyHash, expiresAt });
    return reply.code(201).send({ ticket, expires_at: expiresAt.toISOString() });
  });
}
