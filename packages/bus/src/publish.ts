import { injectTrace } from '@baton/telemetry/carriers.ts';
import type { PubAck } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { Bus } from './connect.ts';
import { Pipeline } from './pipeline.ts';

export interface Publication {
  subject: string;
  /** The dedup id: publishing it again within two minutes stores nothing new. */
  id: string;
  /** JSON, already encoded. */
  data: string | Uint8Array;
  headers?: Record<string, string>;
  /** The stored trace of the fact, where it is not the one running now. */
  traceparent?: string | null;
}

/**
 * Publishes and waits until JetStream has stored it. Rejects on time-out or a broken connection, which mean *unknown*, not "failed":
 * publish again with the same id until it resolves. Calls made one after the other without waiting are stored in that order.
 */
export function publish(bus: Bus, p: Publication, timeoutMs = 5000): Promise<PubAck> {
  return Pipeline.of(bus).publish({ subject: p.subject, data: p.data, headers: headersOf(p), timeoutMs });
}

/** What goes with a publication: its dedup id, its own headers, its trace. */
export function headersOf(p: Publication): MsgHdrs {
  const head = headers();
  head.set('Nats-Msg-Id', p.id);
  for (const [name, value] of Object.entries(p.headers ?? {})) head.set(name, value);
  if (p.traceparent) head.set('traceparent', p.traceparent);
  else injectTrace(head);
  return head;
}
