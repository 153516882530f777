import type { Logger } from '@baton/runtime/logger.ts';
import { counter, duration, gauge } from '@baton/telemetry/metrics.ts';

const requests = duration('gateway_request_seconds', 'Time to answer a request, by route and class of status');
const refused = counter('gateway_refused_total', 'Requests refused, by code');
const writesRefused = counter('gateway_writes_refused_total', 'Writes refused with 401, 403 or 404, by operation and status');
const auditFailures = counter('gateway_audit_failures_total', 'Writes that could not be put on record and were answered 503');
const frames = counter('gateway_stream_frames_total', 'Event frames given to readers');
const gaps = counter('gateway_stream_gaps_total', 'Readers told that they lost events, by reason');
const overflows = counter('gateway_stream_overflows_total', 'Readers cut off because they were too slow');

export interface AnsweredRequest {
  method: string;
  /** The pattern, never the address itself: that may hold a token. */
  route: string;
  status: number;
  seconds: number;
  requestId: string;
  keyId: string | undefined;
}

export type Events = ReturnType<typeof createEvents>;

/** What happens here that an operator wants to know of: each fact is told once, in one place. */
export function createEvents(logger: Logger) {
  return {
    requestAnswered(r: AnsweredRequest) {
      requests(r.seconds, { method: r.method, route: r.route, status: `${Math.floor(r.status / 100)}xx` });
      logger.info(
        { method: r.method, route: r.route, status: r.status, ms: Math.round(r.seconds * 1000), request_id: r.requestId, key_id: r.keyId },
        'answered',
      );
    },
    requestRefused(code: string, requestId: string, fault?: unknown) {
      refused(1, { code });
      if (fault !== undefined) logger.error({ err: fault, code, request_id: requestId }, 'a request failed');
    },
    answerUnpublished: (detail: string, requestId: string) =>
      logger.error({ detail, request_id: requestId }, 'an answer is not as published'),
    writeRefused: (operation: string, status: number) => writesRefused(1, { operation, status }),
    auditFailed(requestId: string, error: unknown) {
      auditFailures();
      logger.error({ err: error, request_id: requestId }, 'a write could not be put on record');
    },
    framesSent: (count: number) => frames(count),
    streamGap(reason: string) {
      gaps(1, { reason });
      logger.warn({ reason }, 'a reader was told of a gap');
    },
    streamOverflow() {
      overflows();
      logger.warn('a reader was too slow and cut off');
    },
    workspaceCreated: (workspaceId: string) => logger.info({ workspace_id: workspaceId }, 'a workspace was made'),
    watchWidgetStreams: (read: () => number) => gauge('gateway_widget_streams', 'Streams of visitors open now', read),
    watchStreams: (read: () => number) => gauge('gateway_streams', 'Streams open now', read),
  };
}
