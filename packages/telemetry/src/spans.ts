import { type Attributes, type Context, context, type Link, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('baton');

export interface SpanOptions {
  kind?: SpanKind;
  attributes?: Attributes;
  parent?: Context;
  /** For batches: the traces that one piece of work serves. */
  links?: Link[];
}

/** Runs `work` in a span; a thrown error is recorded and passed on. */
export async function inSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const parent = options.parent ?? context.active();
  const span = tracer.startSpan(
    name,
    {
      kind: options.kind ?? SpanKind.INTERNAL,
      ...(options.attributes && { attributes: options.attributes }),
      ...(options.links && { links: options.links }),
    },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** Links to the traces of several contexts, without those that carry none. */
export function linksTo(contexts: Context[]): Link[] {
  return contexts.flatMap((one) => {
    const spanContext = trace.getSpanContext(one);
    return spanContext ? [{ context: spanContext }] : [];
  });
}

export { SpanKind };
