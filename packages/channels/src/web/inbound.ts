import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { isId } from '@baton/contracts/ids.ts';
import { BatonError, type FieldProblem } from '@baton/errors/baton-error.ts';
import { ItemReader } from '../canonical/item.ts';
import type { Account, Parsed } from '../provider.ts';
import { asObject, parseJson } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import type { Visitor } from './visitor-token.ts';

/** One flush of a widget that was offline: so many items at once. */
export const maxItems = 50;
export const maxTextLength = 8000;

/** Our message as the visitor's receipts name it: with the visitor in it, so that nobody confirms what was sent to somebody else. */
export function sentId(visitorId: string, messageId: string): string {
  return `${visitorId}:${messageId}`;
}

/** What a widget posts: messages `{ type, id, text }` and receipts `{ type, message_id, status }`, one or a list. Who wrote it is the token's word, never the body's. */
export function readWidget(body: Buffer, o: { account: Account; visitor: Visitor; receivedAt: Date }): Parsed {
  const value = parseJson(body);
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const problems: FieldProblem[] = [];
  const parsed: Parsed = { messages: [], receipts: [], ignored: 0 };
  if (items.length > maxItems) problems.push({ path: '', message: `holds more than ${maxItems} items` });
  for (const [index, raw] of items.slice(0, maxItems).entries()) {
    const path = Array.isArray(value) ? `/${index}` : '';
    const item = asObject(raw);
    if (!item) problems.push({ path, message: 'must be an object' });
    else readItem(new ItemReader(item, path, problems), o, parsed);
  }
  const [first] = problems;
  if (first) throw new BatonError('validation_error', `Nothing was accepted: ${first.path || 'the body'} ${first.message}.`, { problems });
  return parsed;
}

type Origin = Parameters<typeof readWidget>[1];

function readItem(item: ItemReader, origin: Origin, parsed: Parsed): void {
  if (item.choice('type', ['message', 'receipt']) === 'message') parsed.messages.push(readMessage(item, origin));
  else parsed.receipts.push(readReceipt(item, origin));
}

function readMessage(item: ItemReader, { account, visitor, receivedAt }: Origin): InboundMessage {
  const id = item.required('id', 64);
  if (id !== '' && !isProviderId(item.raw('id'))) item.problem('id', 'must not begin or end with a space or hold control characters');
  const text = item.required('text', maxTextLength);
  if (text.trim() === '' && item.raw('text') !== undefined) item.problem('text', 'must not be blank');
  const page = item.text('page', 2000);
  const at = receivedAt.toISOString();
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    agent_id: account.agentId,
    provider: 'web',
    channel: account.channel,
    // The widget makes the id; with the visitor in front it can take no one else's.
    provider_message_id: `${visitor.visitorId}:${id}`,
    from: visitor.visitorId,
    to: account.address,
    text,
    attachments: [],
    contact: visitor.user && {
      name: visitor.user.name,
      email: visitor.user.email,
      attributes: { user_id: visitor.user.id },
    },
    author: 'contact',
    // Clocks of visitors are wrong by hours: when it came is when it was said.
    sent_at: at,
    received_at: at,
    metadata: /^https?:\/\//.test(page) ? { page } : undefined,
    provider_opt_out: '',
  };
}

function readReceipt(item: ItemReader, { account, visitor, receivedAt }: Origin): InboundReceipt {
  const messageId = item.required('message_id', 64);
  if (messageId !== '' && !isId('message', messageId)) item.problem('message_id', 'must be the id of a message');
  const at = receivedAt.toISOString();
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    provider: 'web',
    provider_message_id: sentId(visitor.visitorId, messageId),
    status: item.choice('status', ['delivered', 'read']),
    occurred_at: at,
    received_at: at,
    error_code: '',
    error_detail: '',
    message_id: '',
  };
}
