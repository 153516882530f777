import { BatonError } from '@baton/errors/baton-error.ts';

/** Postgres' classes of errors that are about the connection or the server, not about what was asked (PostgreSQL, appendix A). */
const states = /^(08...|53...|57P0[1-5])$/;

/** Of Node's sockets and name resolution. */
const codes =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|EMFILE|ENFILE)$/;

/** pg gives these no code: a connection that broke or was never made, and a pool with no connection free in time. */
const sentences =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/** Whether an error says that the database could not be reached or could not serve, so that the same call may well succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof BatonError) return false;
  // Node tries all addresses of a name and reports what each attempt came to.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isDatabaseAway);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return states.test(code) || codes.test(code) || sentences.test(error.message) || isDatabaseAway(error.cause);
}

type Handler = (request: never, signal: AbortSignal) => Promise<unknown>;

/**
 * The same handlers, whose failures for want of a database come back as `unavailable` instead of `internal`. Whether a command took effect is unknown then,
 * as with any lost answer: it is repeated with its command id, claimant or dispatch.
 */
export function unavailableWithoutDatabase<H extends object>(handlers: H): H {
  const wrap =
    (handler: Handler): Handler =>
    async (request, signal) => {
      try {
        return await handler(request, signal);
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        throw new BatonError('unavailable', 'The database cannot be reached right now.', { retryAfterSeconds: 1, cause: error });
      }
    };
  return Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, wrap(handler as Handler)])) as H;
}
