import { createHash, randomUUID } from 'node:crypto';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type App, callerOf, type Deps } from '../context.ts';
import { claim, complete, release } from '../store/idempotency.ts';

/** Longer than any handler may run, so that a lease ends only with the process that held it. */
const leaseMs = 30_000;
const keepMs = 24 * 3_600_000;

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD']);

interface StoredAnswer {
  type: string;
  body: string;
}

/**
 * `Idempotency-Key` on every POST: the first request's answer is given to all that repeat it within 24 h. What a request that died half-way has
 * already caused is not caused again, because the command id that goes down with it stays the same.
 */
export function replayIdempotently(app: App, deps: Deps): void {
  // Answers are sealed at rest: one of them holds a new API key.
  const box = new SecretBox(deps.config.secretKeys);
  app.decorateRequest('commandId', '');
  app.decorateRequest('idempotencyLease', undefined);

  app.addHook('preHandler', async (request, reply) => {
    if (!request.routeOptions.config.auth || reads.has(request.method)) return;
    // Also without a key of the caller's: a gRPC call cut off half-way is repeated underneath, and must neither send twice nor
    // answer "nothing changed" to the change it has just made.
    request.commandId = `once:${randomUUID()}`;
    const given = request.headers['idempotency-key'];
    if (given === undefined || request.method !== 'POST') return;
    if (typeof given !== 'string' || !/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(given))
      throw invalidField('Idempotency-Key', 'must be 1 to 255 printable ASCII characters');
    const key = identify(request, given);
    const leaseId = randomUUID();
    const taken = await claim(deps.db, {
      ...key,
      leaseId,
      requestHash: hashOf(request),
      // The suffix tells a key used again after 24 h from its first use.
      commandId: `${key.keyId}:${given}:${leaseId.slice(0, 8)}`,
      leaseMs,
      keepMs,
    });
    switch (taken.kind) {
      case 'run':
        request.commandId = taken.commandId;
        request.idempotencyLease = { ...key, leaseId };
        return;
      case 'running':
        throw new BatonError('idempotency_in_progress', 'The first request with this Idempotency-Key is still running.', {
          retryAfterSeconds: 1,
        });
      case 'mismatch':
        throw new BatonError('idempotency_mismatch', 'This Idempotency-Key was used with another request.');
      case 'answered': {
        const answer = JSON.parse(box.open(taken.answer, contextOf(key))) as StoredAnswer;
        return reply.code(taken.status).header('idempotent-replayed', 'true').type(answer.type).serializer(String).send(answer.body);
      }
      default:
        taken satisfies never;
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const lease = request.idempotencyLease;
    if (!lease) return payload;
    request.idempotencyLease = undefined;
    try {
      if (isFinal(reply)) {
        const answer: StoredAnswer = { type: String(reply.getHeader('content-type') ?? 'application/json'), body: String(payload ?? '') };
        await complete(deps.db, lease, { status: reply.statusCode, answer: box.seal(JSON.stringify(answer), contextOf(lease)) });
      } else await release(deps.db, lease);
    } catch (error) {
      // The effect stands; a repeat runs again once the lease is over, with the same command id.
      request.log.warn({ err: error }, 'the answer to an idempotent request could not be stored');
    }
    return payload;
  });
}

/** A fault or a refusal that will pass is no answer to keep. */
function isFinal(reply: FastifyReply): boolean {
  return reply.statusCode < 500 && reply.statusCode !== 429;
}

function identify(request: FastifyRequest, idempotencyKey: string): { workspaceId: string; keyId: string; idempotencyKey: string } {
  const caller = callerOf(request);
  return { workspaceId: caller.workspaceId ?? caller.partnerId ?? '', keyId: caller.keyId, idempotencyKey };
}

function contextOf(key: { workspaceId: string; keyId: string; idempotencyKey: string }): string {
  return `idempotency:${key.workspaceId}:${key.keyId}:${key.idempotencyKey}`;
}

function hashOf(request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([request.method, request.url, request.body ?? null]))
    .digest();
}
