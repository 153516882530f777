import type { InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { eventSubject } from '@baton/contracts/subjects.ts';
import { inboundMessage } from '@baton/testkit/inbound-message.ts';
import type { Update } from '../../src/domain/changes.ts';
import { Ledger } from '../../src/domain/ledger.ts';
import { newDispatch, openConversation } from '../../src/domain/receive-message.ts';
import type { AgentRow, ConversationRow, DispatchRow, MessageRow } from '../../src/domain/rows.ts';

/** Rows and a ledger for tests of pure rules: no database, a clock that stands still, ids that count. */

export const noon = new Date('2026-11-20T12:00:00.000Z');

export const after = (ms: number, from = noon) => new Date(from.getTime() + ms);

export function newTestLedger(now = noon, ids = counter()): Ledger {
  return new Ledger({ now, newId: ids, traceparent: null }, eventSubject);
}

export function counter(): (kind: string) => string {
  let last = 0;
  return (kind) => `${kind}_${String(++last).padStart(6, '0')}`;
}

export function agentRow(more: Partial<AgentRow> = {}): AgentRow {
  return {
    agent_id: 'agent_a',
    workspace_id: 'workspace_a',
    display_name: 'Ada',
    language: 'en',
    enabled: true,
    backend: { kind: 'echo', url: null, timeout_ms: 10_000 },
    backend_secret: null,
    shadow_backend: null,
    shadow_secret: null,
    takeover_timeout_seconds: null,
    handoff: 'human',
    debounce_ms: 0,
    burst: 'queue',
    approval: 'none',
    silence_timeout_seconds: null,
    fallback_text: null,
    history_limit: 50,
    created_at: noon,
    updated_at: noon,
    deleted_at: null,
    ...more,
  };
}

export function conversationRow(more: Partial<ConversationRow> = {}): ConversationRow {
  const made = openConversation(newTestLedger(), {
    workspace_id: 'workspace_a',
    agent_id: 'agent_a',
    partition: 3,
    channel: 'sms',
    channel_account_id: 'account_sms',
    remote_address: '+15550001',
    own_address: '+15550100',
    contact_id: 'contact_a',
    previous_conversation_id: null,
  });
  return { ...made, conversation_id: 'conversation_a', event_sequence: 1, ...more };
}

export function dispatchRow(conversation: ConversationRow, more: Partial<DispatchRow> = {}): DispatchRow {
  return { ...newDispatch(newTestLedger(), conversation, ['message_in'], { outcome: 'pending' }), dispatch_id: 'dispatch_a', ...more };
}

/** An AI message of the conversation, queued under its present epoch. */
export function messageRow(conversation: ConversationRow, more: Partial<MessageRow> = {}): MessageRow {
  return {
    message_id: 'message_a',
    workspace_id: conversation.workspace_id,
    conversation_id: conversation.conversation_id,
    sequence: 2,
    direction: 'outbound',
    author: 'ai',
    sender_name: null,
    channel: conversation.channel,
    channel_account_id: conversation.channel_account_id,
    from_number: conversation.remote_address,
    to_number: conversation.own_address,
    contact_id: conversation.contact_id,
    text: 'Hello',
    attachments: [],
    template: null,
    metadata: {},
    status: 'queued',
    status_history: [],
    error_code: null,
    error_detail: null,
    segments: 1,
    encoding: 'gsm7',
    provider_message_id: null,
    dispatch_id: 'dispatch_a',
    mode_epoch: conversation.mode_epoch,
    parting: false,
    claim: 0,
    claimant: null,
    created_at: noon,
    sent_at: null,
    delivered_at: null,
    read_at: null,
    ...more,
  };
}

export function inbound(more: Partial<InboundMessage> = {}): InboundMessage {
  return inboundMessage({
    workspace_id: 'workspace_a',
    channel_account_id: 'account_sms',
    agent_id: 'agent_a',
    provider_message_id: 'provider_1',
    from: '+15550001',
    sent_at: noon.toISOString(),
    received_at: noon.toISOString(),
    ...more,
  });
}

export const noContext = { agentTimeoutSeconds: null, openSends: [], pending: undefined };

/** What a ledger has collected: updates as the rows they make, with what was read beside them; public events and Baton's own signals apart. */
export function finish(ledger: Ledger) {
  const c = ledger.close();
  const flat = <Row extends object>(updates: Update<Row>[]) => updates.map(({ row, seen }) => ({ ...row, seen }));
  const envelopes = c.events.map(
    (row) => JSON.parse(row.data) as { event_type: string; sequence: number; payload: Record<string, unknown> },
  );
  const shown = envelopes.filter((one) => one.sequence > 0);
  return {
    changes: {
      ...c,
      conversationUpdates: flat(c.conversationUpdates),
      messageUpdates: flat(c.messageUpdates),
      dispatchUpdates: flat(c.dispatchUpdates),
    },
    types: shown.map((one) => one.event_type),
    payloads: shown.map((one) => one.payload),
    /** `dispatch.ready` or `send.ready`, and what it is about. */
    signals: envelopes
      .filter((one) => one.sequence === 0)
      .map((one) => `${one.event_type} ${one.payload['dispatch_id'] ?? one.payload['message_id']}`),
  };
}
