import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { shownUrl } from './shown-url.ts';

const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

/** Traces of HTTP, gRPC, SQL and outgoing calls to wherever OTEL_EXPORTER_OTLP_* points. Metrics are read from /metrics instead. */
export function startTracing(): void {
  const sdk = new NodeSDK({
    metricReaders: [],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: (request) => quietPaths.has(request.url ?? ''),
        // A query may hold a key (?token=), a number and a text (Twilio by GET): none of it may reach a span, whatever its names are.
        startIncomingSpanHook: ({ url }) => (url?.includes('?') ? { 'url.query': 'REDACTED' } : {}),
      }),
      new GrpcInstrumentation(),
      new PgInstrumentation({ enhancedDatabaseReporting: false, requireParentSpan: true }),
      new UndiciInstrumentation({
        requireParentforSpans: true,
        startSpanHook: ({ origin, path }) => shownUrl(origin, path),
      }),
    ],
  });
  sdk.start();
  const flush = () => void sdk.shutdown().catch(() => undefined);
  process.once('SIGTERM', flush);
  process.once('SIGINT', flush);
}
