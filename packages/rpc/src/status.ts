import { BatonError, type FieldProblem } from '@baton/errors/baton-error.ts';
import { type ErrorCode, errorCodes } from '@baton/errors/codes.ts';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

// Text in metadata must be ASCII, a detail may hold any script: hence a binary entry.
const key = 'baton-error-bin';

interface WireError {
  code: ErrorCode;
  detail: string;
  problems?: FieldProblem[];
  retryAfterSeconds?: number;
}

/** A refusal as a gRPC status that carries its code and fields; anything else becomes `internal` and tells nothing of its cause. */
export function toStatus(error: unknown): { code: status; details: string; metadata: Metadata } {
  const refusal = error instanceof BatonError ? error : new BatonError('internal', 'Something failed inside Baton.');
  const wire: WireError = {
    code: refusal.code,
    detail: refusal.detail,
    ...(refusal.problems.length > 0 && { problems: refusal.problems }),
    ...(refusal.retryAfterSeconds !== undefined && { retryAfterSeconds: refusal.retryAfterSeconds }),
  };
  const metadata = new Metadata();
  metadata.set(key, Buffer.from(JSON.stringify(wire)));
  return { code: errorCodes[refusal.code].grpc, details: refusal.code, metadata };
}

const transport: Partial<Record<status, [ErrorCode, string]>> = {
  [status.UNAVAILABLE]: ['unavailable', 'A service inside Baton cannot be reached.'],
  [status.DEADLINE_EXCEEDED]: ['timeout', 'A service inside Baton did not answer in time.'],
  [status.CANCELLED]: ['unavailable', 'The call was cut off.'],
};

/** The refusal inside a gRPC error, or the fault of the transport under its own code. */
export function fromStatus(error: ServiceError): BatonError {
  const [packed] = error.metadata?.get(key) ?? [];
  if (packed instanceof Buffer) {
    const wire = JSON.parse(packed.toString('utf8')) as WireError;
    const { code, detail, ...more } = wire;
    return new BatonError(code, detail, { ...more, cause: error });
  }
  const [code, detail] = transport[error.code] ?? (['internal', 'A call inside Baton failed.'] as const);
  return new BatonError(code, detail, { cause: error });
}
