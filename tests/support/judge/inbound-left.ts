import { serverOptions } from '@baton/bus/connect.ts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Product } from '../product.ts';

/** Batches in INBOUND that conversation-state has not read to the end. */
export async function inboundLeft(product: Product): Promise<number> {
  const connection = await connect(serverOptions(product.natsUrl));
  try {
    const manager = await jetstreamManager(connection);
    let left = 0;
    for await (const { num_pending, num_ack_pending } of manager.consumers.list('INBOUND')) left += num_pending + num_ack_pending;
    return left;
  } finally {
    await connection.close();
  }
}
