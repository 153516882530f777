import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { shownRequest, shownTarget } from './shown-url.ts';

const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

/** Traces of HTTP, gRPC, SQL and outgoing calls to wherever OTEL_EXPORTER_OTLP_* points. Metrics are read from /metrics instead. */
export function startTracing(): void {
  const sdk = new NodeSDK({
    metricReaders: [],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: (request) => quietPaths.has(request.url ?? ''),
        startIncomingSpanHook: ({ url, headers }) => shownRequest(url ?? '/', headers),
      }),
      new GrpcInstrumentation(),
      new PgInstrumentation({ enhancedDatabaseReporting: false, requireParentSpan: true }),
      new UndiciInstrumentation({
        requireParentforSpans: true,
        startSpanHook: ({ origin }) => shownTarget(String(origin)),
      }),
    ],
  });
  sdk.start();
  const flush = () => void sdk.shutdown().catch(() => undefined);
  process.once('SIGTERM', flush);
  process.once('SIGINT', flush);
}
