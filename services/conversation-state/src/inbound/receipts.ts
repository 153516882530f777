import type { InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { claimedAt } from '../domain/channel/echo.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { ConversationRow, MessageRow } from '../domain/rows.ts';
import { applyReceipt, type ReceiptFact } from '../domain/send.ts';

export interface ReceiptState {
  conversations: Map<string, ConversationRow>;
  byProviderId: Map<string, MessageRow>;
  byId: Map<string, MessageRow>;
  /** By agent and customer's address: what was sent there and not read. */
  unread: Map<string, MessageRow[]>;
}

/** What receipts name: accounts and provider ids side by side, and our own ids where the provider echoes them. */
export function receiptKeys(receipts: InboundReceipt[]): [accounts: string[], providerIds: string[], messageIds: string[]] {
  return [
    receipts.map((r) => r.channel_account_id),
    receipts.map((r) => r.provider_message_id),
    receipts.map((r) => r.message_id).filter(Boolean),
  ];
}

/** The threads of those that are about everything up to a time: agents and customers' addresses side by side. */
export function receiptThreads(receipts: InboundReceipt[]): [agentIds: string[], addresses: string[]] {
  const told = [...new Map(receipts.flatMap((r) => (r.agent_id && r.from ? [[`${r.agent_id} ${r.from}`, r] as const] : []))).values()];
  return [told.map((r) => r.agent_id!), told.map((r) => r.from!)];
}

export function receiptState(locked: ConversationRow[], messages: MessageRow[], unread: MessageRow[]): ReceiptState {
  const conversations = new Map(locked.map((row) => [row.conversation_id, row]));
  return {
    conversations,
    unread: Map.groupBy(unread, (row) => `${conversations.get(row.conversation_id)?.agent_id} ${row.from_number}`),
    byProviderId: new Map(messages.map((row) => [`${row.channel_account_id} ${row.provider_message_id}`, row])),
    byId: new Map(messages.map((row) => [row.message_id, row])),
  };
}

/**
 * Applies receipts in any order; one whose message is not known yet waits for the answer of the send. So does one whose message got its provider id
 * after the locks were taken: its conversation is not among the locked ones. `waiting`: these are stored early receipts, looked at once more.
 * Returns how many moved a message.
 */
export function applyReceipts(ledger: Ledger, at: ReceiptState, receipts: InboundReceipt[], waiting: boolean): number {
  let moved = 0;
  for (const receipt of receipts) {
    if (receipt.from) {
      moved += applyWatermark(ledger, at, receipt, waiting);
      continue;
    }
    const message = at.byProviderId.get(`${receipt.channel_account_id} ${receipt.provider_message_id}`) ?? byOwnId(at, receipt);
    const conversation = message && at.conversations.get(message.conversation_id);
    if (message && conversation) {
      const working = ledger.message(message);
      // The answer of the send never came, but the provider knows the message: its id is learned here.
      if (working.provider_message_id === null && working.status === 'unknown') working.provider_message_id = receipt.provider_message_id;
      if (working.status !== 'sending') {
        if (applyReceipt(ledger, ledger.conversation(conversation), working, factOf(receipt))) moved++;
        if (waiting) ledger.also.earlyReceiptsDone.push(receipt);
        continue;
      }
    }
    if (!waiting) keep(ledger, receipt);
  }
  return moved;
}

/** About every message that had left by then. One that is on its way out may be meant as well: it is looked at again when its answer is there. */
function applyWatermark(ledger: Ledger, at: ReceiptState, receipt: InboundReceipt, waiting: boolean): number {
  const fact = factOf(receipt);
  const meant = (at.unread.get(`${receipt.agent_id} ${receipt.from}`) ?? [])
    .map((row) => ledger.message(row))
    .filter((row) => row.channel_account_id === receipt.channel_account_id && claimedAt(row) <= fact.at);
  let moved = 0;
  for (const message of meant) {
    const conversation = at.conversations.get(message.conversation_id);
    if (conversation && message.status !== 'sending' && applyReceipt(ledger, ledger.conversation(conversation), message, fact)) moved++;
  }
  const unsettled = meant.some((row) => row.status === 'sending');
  if (unsettled && !waiting) keep(ledger, receipt);
  if (!unsettled && waiting) ledger.also.earlyReceiptsDone.push(receipt);
  return moved;
}

function byOwnId(at: ReceiptState, receipt: InboundReceipt): MessageRow | undefined {
  const message = at.byId.get(receipt.message_id);
  return message?.channel_account_id === receipt.channel_account_id ? message : undefined;
}

function factOf(receipt: InboundReceipt): ReceiptFact {
  const at = new Date(receipt.occurred_at);
  return {
    status: receipt.status as ReceiptFact['status'],
    at: Number.isNaN(at.getTime()) ? new Date(receipt.received_at) : at,
    error: receipt.error_code === '' ? null : { code: receipt.error_code, detail: receipt.error_detail },
  };
}

function keep(ledger: Ledger, receipt: InboundReceipt): void {
  ledger.also.earlyReceipts.push({
    workspace_id: receipt.workspace_id,
    channel_account_id: receipt.channel_account_id,
    provider_message_id: receipt.provider_message_id,
    status: receipt.status,
    message_id: receipt.message_id,
    error_code: receipt.error_code || null,
    error_detail: receipt.error_detail || null,
    occurred_at: factOf(receipt).at,
    received_at: new Date(receipt.received_at),
    agent_id: receipt.agent_id ?? '',
    from_address: receipt.from ?? '',
  });
}
