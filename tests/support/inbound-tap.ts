import { serverOptions } from '@baton/bus/connect.ts';
import { connect } from '@nats-io/transport-node';
import type { Product } from './product.ts';
import type { Workspace } from './workspace.ts';

/** Everything that is published for a workspace's inbound stream while it listens, stored there or not. */
export type InboundTap = AsyncDisposable & {
  published: Published[];
  /** Stores the same message once more, as if JetStream had forgotten that it knows it. */
  repeat(message: Published): Promise<void>;
};

export type Published = { subject: string; data: string };

export async function tapInbound(product: Product, workspace: Pick<Workspace, 'workspaceId'>): Promise<InboundTap> {
  const connection = await connect(serverOptions(product.natsUrl));
  const published: Published[] = [];
  connection.subscribe(`inbound.*.*.${workspace.workspaceId}.*`, {
    callback: (_error, message) => {
      published.push({ subject: message.subject, data: message.string() });
    },
  });
  await connection.flush();
  return {
    published,
    repeat: async ({ subject, data }) => {
      await connection.request(subject, data, { timeout: 5_000 });
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
