import { createHash, randomUUID } from 'node:crypto';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type App, callerOf, type Deps } from '../context.ts';
import { claim, complete, release } from '../store/idempotency.ts';

/** Longer than any handler may run, so that a lease ends only with the process that held it. */
const leaseMs = 30_000;
const keepMs = 24 * 3_600_000;

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** A longer answer is not kept: its repeat runs under the same command id, and is given what that has brought about. */
const keepBytes = 128 * 1024;

/** What an answer says besides its body. Rates and request ids are those of the repeat. */
const keptHeaders = ['content-type', 'etag', 'location'] as const;

interface StoredAnswer {
  headers: Record<string, string>;
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
        killPoint('gateway.before_command');
        return;
      case 'running':
        throw new BatonError('idempotency_in_progress', 'The first request with this Idempotency-Key is still running.', {
          retryAfterSeconds: 1,
        });
      case 'mismatch':
        throw new BatonError('idempotency_mismatch', 'This Idempotency-Key was used with another request.');
      case 'answered': {
        const answer = JSON.parse(box.open(taken.answer, contextOf(key))) as StoredAnswer;
        return reply.code(taken.status).headers(answer.headers).header('idempotent-replayed', 'true').serializer(String).send(answer.body);
      }
      default:
        taken satisfies never;
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const lease = request.idempotencyLease;
    if (!lease) return payload;
    request.idempotencyLease = undefined;
    killPoint('gateway.after_command');
    try {
      const answer = isFinal(reply) ? answerToKeep(reply, payload) : undefined;
      if (answer) await complete(deps.db, lease, { status: reply.statusCode, answer: box.seal(JSON.stringify(answer), contextOf(lease)) });
      else await release(deps.db, lease);
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

/** undefined: too long, or a stream, which nobody has read yet. */
function answerToKeep(reply: FastifyReply, payload: unknown): StoredAnswer | undefined {
  const body = payload ?? '';
  if (typeof body !== 'string' || Buffer.byteLength(body) > keepBytes) return undefined;
  const given = keptHeaders.map((name) => [name, reply.getHeader(name)]).filter(([, value]) => value !== undefined);
  return { headers: Object.fromEntries(given) as Record<string, string>, body };
}

function identify(request: FastifyRequest, idempotencyKey: string): { workspaceId: string; keyId: string; idempotencyKey: string } {
  const caller = callerOf(request);
  return { workspaceId: caller.workspaceId ?? caller.partnerId ?? '', keyId: caller.keyId, idempotencyKey };
}

function contextOf(key: { workspaceId: string; keyId: string; idempotencyKey: string }): string {
  return `idempotency:${key.workspaceId}:${key.keyId}:${key.idempotencyKey}`;
}

/** What makes a request the same one: also what it is bound to, and for whom it is made. */
function hashOf(request: FastifyRequest): Buffer {
  const { headers } = request;
  return createHash('sha256')
    .update(JSON.stringify([request.method, request.url, request.body ?? null, headers['if-match'] ?? '', headers['baton-user'] ?? '']))
    .digest();
}
