import { serverOptions } from '@baton/bus/connect.ts';
import { waitingInbound } from '@baton/verify/waiting-inbound.ts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Product } from '../product.ts';

/** Batches in INBOUND that conversation-state has not read to the end. */
export async function inboundLeft(product: Product): Promise<number> {
  const connection = await connect(serverOptions(product.natsUrl));
  try {
    return (await waitingInbound(await jetstreamManager(connection)))?.messages ?? 0;
  } finally {
    await connection.close();
  }
}
