import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { channels, receiptStatuses } from '@baton/contracts/vocabulary.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { InboundItem } from '../inbound/receive-batch.ts';

/** Reads one message of the INBOUND stream; throws when it is not what ingest writes, so that it becomes a dead letter and nothing else. */
export function decodeInbound(message: { subject: string; json<T>(): T }): InboundItem {
  const body = message.json<Record<string, unknown> | null>();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalidField('/', 'must be an object');
  needTime(body, 'received_at');
  if (message.subject.startsWith('inbound.receipt.')) {
    needTexts(body, ['workspace_id', 'channel_account_id', 'provider_message_id', 'status', 'received_at']);
    needOneOf(body, 'status', receiptStatuses);
    return { kind: 'receipt', receipt: { error_code: '', error_detail: '', message_id: '', ...body } as InboundReceipt };
  }
  needTexts(body, ['workspace_id', 'channel_account_id', 'agent_id', 'provider_message_id', 'from', 'to', 'received_at']);
  needOneOf(body, 'channel', channels);
  needOneOf(body, 'author', ['contact', 'human']);
  if (typeof body['text'] !== 'string') throw invalidField('/text', 'must be a text');
  if (!Array.isArray(body['attachments']) || !body['attachments'].every(isObject))
    throw invalidField('/attachments', 'must be a list of objects');
  for (const name of ['contact', 'metadata'])
    if (body[name] != null && !isObject(body[name])) throw invalidField(`/${name}`, 'must be an object');
  const contact = (body['contact'] ?? {}) as Record<string, unknown>;
  for (const name of ['name', 'email'])
    if (contact[name] != null && typeof contact[name] !== 'string') throw invalidField(`/contact/${name}`, 'must be a text');
  const whole = { provider_opt_out: '', sent_at: '', contact: undefined, metadata: undefined, ...body };
  needOneOf(whole, 'provider_opt_out', ['', 'stop', 'start']);
  return { kind: 'message', message: whole as unknown as InboundMessage };
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

function needTime(body: Record<string, unknown>, name: string): void {
  if (Number.isNaN(Date.parse(String(body[name])))) throw invalidField(`/${name}`, 'must be a time');
}

function needTexts(body: Record<string, unknown>, names: string[]): void {
  for (const name of names)
    if (typeof body[name] !== 'string' || body[name] === '') throw invalidField(`/${name}`, 'must be a text that is not empty');
}

function needOneOf(body: Record<string, unknown>, name: string, allowed: readonly string[]): void {
  if (!allowed.includes(body[name] as string)) throw invalidField(`/${name}`, `must be one of ${allowed.join(', ')}`);
}
