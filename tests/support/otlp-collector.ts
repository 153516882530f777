import { type HttpStub, startHttpStub } from '@baton/testkit/http-stub.ts';
import type { Json } from './api.ts';

export type Span = {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  /** OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  attributes: Record<string, unknown>;
  /** Trace ids that it links to. */
  links: string[];
  /** The whole span as it came. */
  raw: string;
};

export type Collector = AsyncDisposable & {
  spans: Span[];
  /** What a process needs to send its traces here as JSON. */
  env: Record<string, string>;
};

/** The receiving side of OTLP over HTTP with JSON bodies: it keeps every span. */
export async function startCollector(): Promise<Collector> {
  const spans: Span[] = [];
  const stub: HttpStub = await startHttpStub(async (request) => {
    if (request.path === '/v1/traces') spans.push(...readSpans(JSON.parse(request.raw)));
    return { status: 200, json: {} };
  });
  return {
    spans,
    env: {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_ENDPOINT: stub.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

function readSpans(body: Json): Span[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }: Json) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }: Json) =>
      spans.map((span: Json) => ({
        service,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        kind: span.kind,
        attributes: attributesOf(span.attributes),
        links: (span.links ?? []).map(({ traceId }: Json) => traceId),
        raw: JSON.stringify(span),
      })),
    );
  });
}

function attributesOf(list: Json[] = []): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}
