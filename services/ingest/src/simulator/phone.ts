import type { Bus } from '@baton/bus/connect.ts';
import { ensureStream } from '@baton/bus/streams.ts';
import type { InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { streams } from '@baton/contracts/subjects.ts';
import { DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

/** One message on a simulated phone, as `GET …/outbox` lists it. */
export interface PhoneMessage {
  id: string;
  message_id: string;
  to: string;
  text: string;
  sent_at: string;
  attachments: unknown[];
}

/** Answers hold this many; more are asked for with `after`. */
export const outboxPage = 1000;

/** `simulator.<channel account>.<customer's address in base64url>` */
export function phoneSubject(channelAccountId: string, to: string | undefined): string {
  return `simulator.${channelAccountId}.${to === undefined ? '*' : Buffer.from(to).toString('base64url')}`;
}

/** The phones' memory: a week, 256 MiB, for demonstrations and tests. */
export function declarePhones(bus: Bus, replicas: number): Promise<void> {
  return ensureStream(bus, {
    name: streams.simulator,
    subjects: ['simulator.>'],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    num_replicas: replicas,
    max_age: nanos(7 * 86_400_000),
    max_bytes: 256 * 1024 ** 2,
    duplicate_window: nanos(2 * 3_600_000),
  });
}

/** What reached the phone(s) of an account, oldest first, after the message `after` (all of it when that one is not there any more). */
export async function readOutbox(
  bus: Bus,
  o: { channelAccountId: string; to: string | undefined; after: string | undefined },
): Promise<PhoneMessage[]> {
  const consumer = await bus.js.consumers.get(streams.simulator, { filter_subjects: [phoneSubject(o.channelAccountId, o.to)] });
  let left = (await consumer.info(true)).num_pending;
  const all: PhoneMessage[] = [];
  let skipUntil = o.after;
  let skipped: PhoneMessage[] = [];
  while (left > 0 && all.length < outboxPage) {
    const batch = await consumer.fetch({ max_messages: Math.min(left, 500), expires: 2000 });
    let got = 0;
    for await (const stored of batch) {
      got++;
      const message = stored.json<PhoneMessage>();
      if (skipUntil === undefined) all.push(message);
      else {
        skipped.push(message);
        if (message.id === skipUntil) {
          skipUntil = undefined;
          skipped = [];
        }
      }
    }
    if (got === 0) break;
    left -= got;
  }
  return (skipUntil === undefined ? all : skipped).slice(0, outboxPage);
}

/** The receipt that the phone gives for a message. */
export function phoneReceipt(o: {
  workspaceId: string;
  channelAccountId: string;
  messageId: string;
  status: 'delivered' | 'read';
  at: Date;
}): InboundReceipt {
  const at = o.at.toISOString();
  return {
    workspace_id: o.workspaceId,
    channel_account_id: o.channelAccountId,
    provider: 'simulator',
    provider_message_id: phoneMessageId(o.messageId),
    status: o.status,
    occurred_at: at,
    received_at: at,
    error_code: '',
    error_detail: '',
    message_id: o.messageId,
  };
}

export function phoneMessageId(messageId: string): string {
  return `sim_${messageId}`;
}
