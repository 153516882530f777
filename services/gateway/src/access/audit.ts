import { newId } from '@baton/contracts/ids.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { ErrorCode } from '@baton/errors/codes.ts';
import { Batcher } from '@baton/rpc/batcher.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { App, Caller, Deps } from '../context.ts';
import { fieldsIn, idsIn, isRecorded } from '../domain/audit.ts';
import type { Events } from '../events.ts';
import { refusalAnswer } from '../http/problems.ts';
import { type AuditRow, writeAudit } from '../store/audit.ts';
import type { Tables } from '../store/tables.ts';

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Rows of requests that are answered at the same time go into the database together. */
export type AuditWriter = Batcher<AuditRow, void>;

export function createAuditWriter(db: Kysely<Tables>): AuditWriter {
  return new Batcher<AuditRow, void>({
    send: async (rows) => {
      await writeAudit(db, rows);
      return rows.map(() => undefined);
    },
    maxBatch: 200,
    maxInFlight: 2,
    minBeside: 20,
  });
}

/**
 * Puts every write on record before its answer leaves: who answered "done" can be asked who did it. Where that fails the answer is 503: the change
 * stands, and the same request again (with its `Idempotency-Key`) finds it done and is put on record. Register it before whatever stores answers.
 */
export function auditWrites(app: App, deps: Deps, events: Events): void {
  app.decorateRequest('answeredIds', undefined);
  app.decorateRequest('changedFields', undefined);
  app.decorateRequest('refusalCode', undefined);
  // Before validation, which fills in the defaults of fields that nobody has set.
  app.addHook('preValidation', async (request) => {
    if (isWrite(request)) request.changedFields = fieldsIn(request.routeOptions.schema?.body, request.body);
  });
  app.addHook('preSerialization', async (request, _reply, payload: unknown) => {
    if (isWrite(request)) request.answeredIds = idsIn(payload);
    return payload;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (!isWrite(request)) return payload;
    const { auth } = request.routeOptions.config;
    if ([401, 403, 404].includes(reply.statusCode)) events.writeRefused(operationOf(request), reply.statusCode);
    const { caller } = request;
    if (!caller || !isRecorded(reply.statusCode, auth?.scope ?? 'read') || reply.hasHeader('idempotent-replayed')) return payload;
    try {
      await deps.audit.add(rowOf(request, reply, caller));
      return payload;
    } catch (error) {
      events.auditFailed(request.id, error);
      const refusal = new BatonError('unavailable', 'This could not be put on record; repeat it with the same Idempotency-Key.');
      const { type, body } = refusalAnswer(refusal, request);
      reply.code(refusal.httpStatus).type(type).header('retry-after', 2);
      return JSON.stringify(body);
    }
  });
}

function isWrite(request: FastifyRequest): boolean {
  const { auth, signsIn } = request.routeOptions.config;
  return !request.is404 && (signsIn === true || (auth !== undefined && !reads.has(request.method)));
}

function operationOf(request: FastifyRequest): string {
  return (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId ?? 'unknown';
}

function rowOf(request: FastifyRequest, reply: FastifyReply, caller: Caller): AuditRow {
  return {
    audit_id: newId('audit'),
    workspace_id: caller.workspaceId ?? caller.partnerId ?? '',
    created_at: new Date(),
    operation: operationOf(request),
    api_key_id: caller.keyId,
    user_id: caller.user?.user_id ?? null,
    partner_id: caller.partnerId ?? null,
    ip: request.ip,
    target_ids: [...new Set([...idsIn(request.params), ...(request.answeredIds ?? [])])],
    changed_fields: request.changedFields ?? [],
    status: reply.statusCode,
    code: request.refusalCode ?? null,
    request_id: request.id,
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The names of the fields that a write sets. */
    changedFields: string[] | undefined;
    /** The ids in the answer of a write. */
    answeredIds: string[] | undefined;
    /** Why it was refused. */
    refusalCode: ErrorCode | undefined;
  }
}
