import { serverOptions } from '@baton/bus/connect.ts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Product } from '../product.ts';

const partitions = 16;

/** Batches in INBOUND that conversation-state has not read to the end. */
export async function inboundLeft(product: Product): Promise<number> {
  const connection = await connect(serverOptions(product.natsUrl));
  try {
    const manager = await jetstreamManager(connection);
    let left = 0;
    let readers = 0;
    for await (const { num_pending, num_ack_pending } of manager.consumers.list('INBOUND')) {
      readers += 1;
      left += num_pending + num_ack_pending;
    }
    // While a partition has no reader nobody counts what waits there.
    return readers < partitions ? left + (await manager.streams.info('INBOUND')).state.messages : left;
  } finally {
    await connection.close();
  }
}
