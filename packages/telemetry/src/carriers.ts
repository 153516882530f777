import { type Context, context, propagation } from '@opentelemetry/api';

interface HeaderLike {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

/** Writes the running trace (W3C `traceparent`) into NATS headers; nothing without a tracer. */
export function injectTrace(headers: HeaderLike): void {
  propagation.inject(context.active(), headers, { set: (carrier, key, value) => carrier.set(key, value) });
}

/** The trace that a message was sent under, to continue or to link. */
export function extractTrace(headers: HeaderLike | undefined): Context {
  if (!headers) return context.active();
  return propagation.extract(context.active(), headers, { get: (carrier, key) => carrier.get(key) || undefined, keys: () => [] });
}

/** The running trace as one text, to keep beside a row until its event is published; undefined without a tracer. */
export function traceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
}

/** The context of a stored `traceparent`. */
export function contextOf(parent: string | null | undefined): Context {
  return parent ? propagation.extract(context.active(), { traceparent: parent }) : context.active();
}
