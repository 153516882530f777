import { BatonError } from '@baton/errors/baton-error.ts';

/** What a command ends with; part of the published contract of the command line (README.md). */
export const exitCodes = { fine: 0, violations: 1, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

/** The command line says something that cannot be done. */
export class UsageError extends Error {}

/** A server is not there, or does not let us in. */
export class Unreachable extends Error {}

const sockets = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** Postgres: authorization, no such database, too many connections, shutting down. */
const refused = /^(08...|28...|3D000|53300|57P0[1-3])$/;
const sentences =
  /^(Connection terminated|timeout expired|connection (refused|timed out|closed)|authorization violation|Query read timeout)/i;

/** Which exit code an error stands for, and what is said of it. */
export function outcomeOf(error: unknown): { code: number; say: string } {
  if (error instanceof UsageError) return { code: exitCodes.usage, say: error.message };
  if (tokenRefused(error)) return { code: exitCodes.unreachable, say: 'The services do not accept BATON_SERVICE_TOKEN.' };
  if (error instanceof Error && error.name === 'AbortError') return { code: exitCodes.interrupted, say: 'Interrupted.' };
  if (isUnreachable(error)) return { code: exitCodes.unreachable, say: messageOf(error) };
  return { code: exitCodes.failed, say: messageOf(error) };
}

/** gRPC's UNAUTHENTICATED. Between services it is a fault inside Baton, and told to nobody as their own. */
function tokenRefused(error: unknown): boolean {
  return error instanceof BatonError && (error.cause as { code?: unknown } | undefined)?.code === 16;
}

function isUnreachable(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  if (error instanceof BatonError) return ['unavailable', 'timeout'].includes(error.code);
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isUnreachable);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return sockets.test(code) || refused.test(code) || sentences.test(error.message);
}

function messageOf(error: unknown): string {
  if (error instanceof BatonError) return error.detail;
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
