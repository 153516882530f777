import { createHash } from 'node:crypto';
import type { CommandContext, Conversation, Message } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Deps } from '../context.ts';
import { customerAddress } from '../wire/conversation.ts';
import { watchArrival } from './arrival.ts';

/** As long as a caller waits for the message to be in its conversation. It is stored durably before. */
const waitMs = 5000;

/**
 * A customer's message that a program tells us of, into the thread of `conversation`: the way of every inbound message, through ingest and INBOUND, so that
 * threading, opt-out words and the AI's turn are what they always are. A closed conversation has a successor then, and the message stands there.
 * Resolves with the message, or with undefined when it is stored but not yet in its conversation.
 */
export async function appendInbound(
  deps: Pick<Deps, 'conversations' | 'hub' | 'ingest'>,
  o: { context: CommandContext; conversation: Conversation; text: string },
): Promise<Message | undefined> {
  const { workspaceId, actor, commandId } = o.context;
  const { channelAccountId, agentId, channel } = o.conversation;
  const from = customerAddress(o.conversation);
  if (from === undefined)
    throw new BatonError('conversation_closed', 'The customer of this conversation was erased; nobody writes in it any more.');
  const id = `told_${createHash('sha256').update(commandId).digest('base64url')}`;
  const find = async () => (await deps.conversations.findMessage({ workspaceId, channelAccountId, providerMessageId: id })).message;

  await deps.hub.ready();
  // Listening before it is published: what is committed from here on is either found by the first look or announced.
  using arrival = watchArrival(deps.hub, workspaceId, id);
  await deps.ingest.append({ channelAccountId, agentId, id, channel, from, text: o.text, metadata: { told_by: actor?.id ?? '' } });
  const limit = AbortSignal.timeout(waitMs);
  let message = await find();
  while (!message && (await arrival.next(limit))) message = await find();
  return message;
}
