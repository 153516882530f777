/**
 * What stopped a call. `refused`: the address or URL may not be reached, no attempt was made. `connect`: no connection. `broken`: the connection
 * broke or spoke no HTTP. `timeout`, `aborted`: our own limit or signal. `too_large`: the answer passed the cap.
 */
export type EgressFault = 'refused' | 'connect' | 'broken' | 'timeout' | 'aborted' | 'too_large';

/** A call that got no whole answer. */
export class EgressError extends Error {
  readonly fault: EgressFault;
  /** `before_request`: not one byte of the request went out, so nothing can have happened. `after_request`: anything may have. */
  readonly phase: 'before_request' | 'after_request';

  constructor(fault: EgressFault, phase: 'before_request' | 'after_request', detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'EgressError';
    this.fault = fault;
    this.phase = phase;
  }
}
