import type { Attachment, InboundContact, InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { isId } from '@baton/contracts/ids.ts';
import { channels, type Provider, receiptStatuses } from '@baton/contracts/vocabulary.ts';
import { BatonError, type FieldProblem } from '@baton/errors/baton-error.ts';
import { normalizeAddress } from '../phone.ts';
import type { Account, Parsed } from '../provider.ts';
import { asList, asObject, freeForm, type JsonObject, parseJson } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { cleanText, isTooLong, maxTextBytes } from '../wire/text.ts';
import { ItemReader } from './item.ts';

export const maxBatch = 500;
export const maxAttachments = 10;
// An answer naming thousands of fields helps nobody and costs as much as an attack likes.
const maxProblems = 100;

interface Origin {
  /** Whose message it becomes: not only `http` and `simulator`, also what a program tells of a customer of another provider. */
  provider: Provider;
  account: Account;
  receivedAt: string;
}

/** Reads Baton's own JSON (api.md §7): one object or an array of up to 500, all valid or all refused with the paths of what is wrong. */
export function readCanonical(provider: Provider, body: Buffer, account: Account, receivedAt: Date): Parsed {
  const value = parseJson(body);
  const isBatch = Array.isArray(value);
  const items: unknown[] = isBatch ? value : [value];
  if (items.length > maxBatch) {
    throw new BatonError('validation_error', `A batch holds at most ${maxBatch} items.`, {
      problems: [{ path: '', message: `holds more than ${maxBatch} items` }],
    });
  }
  const origin: Origin = { provider, account, receivedAt: receivedAt.toISOString() };
  const problems: FieldProblem[] = [];
  const parsed: Parsed = { messages: [], receipts: [], ignored: 0 };
  for (let index = 0; index < items.length && problems.length < maxProblems; index++) {
    readItem(items[index], isBatch ? `/${index}` : '', { origin, problems, parsed });
  }
  if (problems.length > 0) {
    const [first] = problems;
    throw new BatonError('validation_error', `Nothing was accepted: ${first!.path || 'the body'} ${first!.message}.`, {
      problems: problems.slice(0, maxProblems),
    });
  }
  return parsed;
}

function readItem(value: unknown, path: string, into: { origin: Origin; problems: FieldProblem[]; parsed: Parsed }): void {
  const item = asObject(value);
  if (!item) {
    into.problems.push({ path, message: 'must be an object' });
    return;
  }
  const reader = new ItemReader(item, path, into.problems);
  if (reader.choice('type', ['message', 'receipt']) === 'message') into.parsed.messages.push(readMessage(reader, into.origin));
  else into.parsed.receipts.push(readReceipt(reader, into.origin));
}

function readMessage(item: ItemReader, { provider, account, receivedAt }: Origin): InboundMessage {
  const channel = item.choice('channel', channels, account.channel);
  const address = (field: 'from' | 'to') => {
    const raw = item.required(field, 320);
    const normal = normalizeAddress(channel, raw, account.address);
    if (normal === undefined && raw !== '') item.problem(field, `is not an address of the channel ${channel}`);
    return normal ?? '';
  };
  const text = item.text('text', maxTextBytes);
  if (isTooLong(text)) item.problem('text', `is longer than ${maxTextBytes} bytes`);
  const attachments = item.list('attachments', maxAttachments).map(readAttachment);
  if (hasNothing(item)) item.problem('text', 'is missing, and there is no attachment');
  const author = item.choice('author', ['contact', 'human'], 'contact');
  const from = address('from');
  const to = item.raw('to') === undefined ? account.address : address('to');
  // `from` is the customer whoever wrote; a colleague's message sent the other way round says so by our own address standing there.
  const turned = author === 'human' && from === account.address;
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    agent_id: account.agentId,
    provider,
    channel,
    provider_message_id: readProviderId(item, 'id'),
    from: turned ? to : from,
    to: turned ? from : to,
    text,
    attachments,
    contact: readContact(item.inside('contact')),
    author,
    sent_at: item.time('timestamp', receivedAt),
    received_at: receivedAt,
    metadata: readFreeForm(item, 'metadata'),
    provider_opt_out: '',
  };
}

function hasNothing(item: ItemReader): boolean {
  const text = item.raw('text');
  return (text === undefined || (typeof text === 'string' && cleanText(text) === '')) && asList(item.raw('attachments')).length === 0;
}

function readReceipt(item: ItemReader, { provider, account, receivedAt }: Origin): InboundReceipt {
  const messageId = item.text('message_id', 64);
  if (messageId !== '' && !isId('message', messageId)) item.problem('message_id', 'must be the id of a message');
  const error = typeof item.raw('error') === 'object' ? item.inside('error') : undefined;
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    provider,
    provider_message_id: readProviderId(item, 'provider_message_id'),
    status: item.choice('status', receiptStatuses),
    occurred_at: item.time('timestamp', receivedAt),
    received_at: receivedAt,
    error_code: error ? error.text('code', 100) : item.text('error', 1000) && 'provider_error',
    error_detail: error ? error.text('detail', 1000) : item.text('error', 1000),
    message_id: messageId,
  };
}

/** The provider's id of a message: the key of "one message, one row", so nothing that could read as another id after trimming. */
function readProviderId(item: ItemReader, field: string): string {
  const id = item.required(field, 255);
  if (id !== '' && !isProviderId(item.raw(field))) item.problem(field, 'must not begin or end with a space or hold control characters');
  return id;
}

function readAttachment(item: ItemReader): Attachment {
  const url = item.required('url', 2048);
  if (url !== '' && !/^https?:\/\/[^\s/]/i.test(url)) item.problem('url', 'must be an http or https URL');
  const size = item.raw('size') ?? 0;
  const known = typeof size === 'number' && Number.isInteger(size) && size >= 0 && size <= 0x7fff_ffff;
  if (!known) item.problem('size', 'must be a whole number of bytes');
  return { url, content_type: item.text('content_type', 255), size: known ? size : 0, name: item.text('name', 255) };
}

function readContact(item: ItemReader | undefined): InboundContact | undefined {
  return item && { name: item.text('name', 256), email: item.text('email', 320), attributes: readFreeForm(item, 'attributes') };
}

function readFreeForm(item: ItemReader, field: string): JsonObject | undefined {
  const value = item.object(field);
  if (!value) return undefined;
  const read = freeForm(value);
  if ('value' in read) return read.value;
  item.problem(field, read.refused);
  return undefined;
}
