import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * JSON lines on standard output, with trace ids where a trace is running. Nothing a customer wrote, no address, no key goes in:
 * callers log ids; the redaction below is the second line of defence.
 */
export function createLogger(service: string, level = 'info'): Logger {
  return pino({
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'text',
        'body',
        'token',
        'secret',
        'authorization',
        '*.text',
        '*.body',
        '*.token',
        '*.secret',
        '*.authorization',
        'req.headers',
        'req.query',
      ],
      censor: '[redacted]',
    },
    mixin() {
      const span = trace.getActiveSpan()?.spanContext();
      return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
  });
}
