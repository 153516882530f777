import { smsSize } from '@baton/channels/segments.ts';
import type { InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import type { Channel } from '@baton/contracts/vocabulary.ts';
import { changeMode, extendTakeover, type ModeChangeContext, suppressDispatch } from './change-mode.ts';
import { type Keyword, keywordOf } from './channel/keywords.ts';
import { followMail } from './channel/mail-thread.ts';
import { closingNoticeMs, windowAfter } from './channel/window.ts';
import { addressKind, learnAddress, meetContact } from './contact/contact.ts';
import { recordOptIn, recordOptOut } from './contact/opt-out.ts';
import type { Ledger } from './ledger.ts';
import { preview } from './outbound.ts';
import { conversationPayload, dispatchDecision, dispatchPayload, messagePayload } from './payloads.ts';
import type { AgentRow, AttachmentRef, ContactRow, ConversationRow, DispatchRow, JsonObject, MessageRow } from './rows.ts';

export interface PreviousConversation {
  conversation_id: string;
  window_expires_at: Date | null;
}

/** One thread (agent and remote address) while a batch is worked through; changed in place, message by message. */
export interface Thread {
  partition: number;
  agent: AgentRow;
  /** Working copy; undefined until the first message starts the conversation. */
  conversation: ConversationRow | undefined;
  /** The newest closed conversation of the thread. */
  previous: PreviousConversation | undefined;
  /** Working copy. */
  contact: ContactRow | undefined;
  /** Addresses of the workspace that are somebody's already, as far as this batch names them; shared by its threads. */
  taken: Set<string>;
  optedOut: boolean;
  modeContext: ModeChangeContext;
}

/** Appends one inbound message to its thread: conversation, counters, window, opt-out, and the decision whether the AI answers, with its reason. */
export function receiveMessage(ledger: Ledger, thread: Thread, m: InboundMessage): void {
  const receivedAt = new Date(m.received_at);
  const sentAt = Number.isNaN(Date.parse(m.sent_at)) ? receivedAt : new Date(m.sent_at);
  thread.contact = knowContact(ledger, thread, m);
  const conversation = thread.conversation ?? startConversation(ledger, thread, m, thread.contact.contact_id);
  thread.conversation = conversation;
  if (m.author === 'human') {
    appendEcho(ledger, thread, conversation, { m, sentAt });
    return;
  }

  conversation.channel = m.channel as Channel;
  conversation.channel_account_id = m.channel_account_id;
  conversation.own_address = m.to;
  conversation.unread = true;
  if (m.mail) followMail(conversation, m.mail, m.provider_message_id);
  const message = append(ledger, conversation, m, { sentAt });
  const expires = windowAfter(conversation.channel, sentAt, receivedAt);
  if (expires && (conversation.window_expires_at === null || expires > conversation.window_expires_at)) {
    conversation.window_expires_at = expires;
    ledger.timer(conversation, 'window_closing', new Date(expires.getTime() - closingNoticeMs));
  }
  const revived = conversation.status === 'abandoned';
  if (revived) conversation.status = 'active';
  watchSilence(ledger, conversation, thread.agent);

  if (m.standby) takenOutside(ledger, thread, conversation, 'external_owner');
  const keyword =
    m.provider_opt_out === '' ? keywordOf(m.text) : { kind: m.provider_opt_out as 'stop' | 'start', word: m.text.trim().slice(0, 40) };
  const arrival = { thread, conversation, message };
  const dispatch = decide(ledger, arrival, keyword?.kind);
  ledger.emit(conversation, 'message.received', messagePayload(message, dispatchDecision(dispatch)));
  if (revived) ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
  if (keyword) applyKeyword(ledger, arrival, keyword);
  if (dispatch.outcome === 'suppressed') ledger.emit(conversation, 'dispatch.suppressed', dispatchPayload(dispatch));
}

/** A person answered outside Baton: stored as a human message that has gone out already, and a takeover. */
function appendEcho(ledger: Ledger, thread: Thread, conversation: ConversationRow, at: { m: InboundMessage; sentAt: Date }): void {
  takenOutside(ledger, thread, conversation, 'external_reply');
  const message = append(ledger, conversation, at.m, { sentAt: at.sentAt, echo: true });
  extendTakeover(ledger, conversation, thread.agent.takeover_timeout_seconds);
  ledger.emit(conversation, 'message.sent', messagePayload(message));
}

/** `external_owner`: another program has the conversation at the provider; an answer of ours would take it away from there. */
function takenOutside(ledger: Ledger, thread: Thread, conversation: ConversationRow, reason: 'external_reply' | 'external_owner'): void {
  const taken = changeMode(ledger, conversation, { to: 'human', actor: { kind: 'user', id: '' }, reason }, thread.modeContext);
  if (taken) thread.modeContext.pending = undefined;
}

/** A message that was just appended, and where. */
interface Arrival {
  thread: Thread;
  conversation: ConversationRow;
  message: MessageRow;
}

function decide(ledger: Ledger, { thread, conversation, message }: Arrival, keyword: 'stop' | 'start' | undefined): DispatchRow {
  const reason = whyNot(thread, conversation, keyword);
  if (reason !== undefined) return addDispatch(ledger, conversation, message, { outcome: 'suppressed', reason, settled_at: ledger.now });
  const due = thread.agent.debounce_ms > 0 ? new Date(ledger.now.getTime() + thread.agent.debounce_ms) : null;
  const waiting = thread.modeContext.pending && ledger.dispatch(thread.modeContext.pending);
  if (waiting && waiting.outcome === 'pending' && conversation.pending_dispatch_id === waiting.dispatch_id) {
    waiting.message_ids = [...waiting.message_ids, message.message_id];
    if (waiting.due_at) setDebounce(ledger, conversation, waiting, due);
    return waiting;
  }
  const dispatch = addDispatch(ledger, conversation, message, { outcome: 'pending' });
  conversation.pending_dispatch_id = dispatch.dispatch_id;
  thread.modeContext.pending = dispatch;
  setDebounce(ledger, conversation, dispatch, due);
  return dispatch;
}

function whyNot(thread: Thread, conversation: ConversationRow, keyword: 'stop' | 'start' | undefined): string | undefined {
  if (keyword === 'stop') return 'opted_out';
  if (keyword === 'start') return 'opt_in_keyword';
  if (conversation.ai_mode === 'human') return 'mode_human';
  if (thread.optedOut) return 'opted_out';
  if (!thread.agent.enabled) return 'agent_disabled';
  if (thread.agent.backend.kind === 'none') return 'no_backend';
  return undefined;
}

function setDebounce(ledger: Ledger, conversation: ConversationRow, dispatch: DispatchRow, due: Date | null): void {
  if (due === null) return;
  dispatch.due_at = due;
  ledger.timer(conversation, 'debounce', due, dispatch.dispatch_id);
}

function addDispatch(
  ledger: Ledger,
  conversation: ConversationRow,
  message: MessageRow,
  decided: Pick<DispatchRow, 'outcome'> & Partial<Pick<DispatchRow, 'reason' | 'settled_at'>>,
): DispatchRow {
  return ledger.addDispatch(newDispatch(ledger, conversation, [message.message_id], decided));
}

/** A dispatch as it is born. */
export function newDispatch(
  ledger: Ledger,
  conversation: ConversationRow,
  messageIds: string[],
  decided: Pick<DispatchRow, 'outcome'> & Partial<Pick<DispatchRow, 'reason' | 'settled_at'>>,
): DispatchRow {
  return {
    dispatch_id: ledger.moment.newId('dispatch'),
    workspace_id: conversation.workspace_id,
    conversation_id: conversation.conversation_id,
    agent_id: conversation.agent_id,
    message_ids: messageIds,
    reason: null,
    mode_epoch: conversation.mode_epoch,
    attempts: 0,
    latency_ms: null,
    reply_message_ids: [],
    suggestion: null,
    suggestion_status: null,
    suggestion_end: null,
    error: null,
    usage: null,
    shadow: null,
    handoff: null,
    due_at: null,
    deadline_at: null,
    deferred: false,
    created_at: ledger.now,
    settled_at: null,
    ...decided,
  };
}

function applyKeyword(ledger: Ledger, { thread, conversation, message }: Arrival, keyword: Keyword): void {
  const at = { workspace_id: conversation.workspace_id, agent_id: conversation.agent_id, address: conversation.remote_address };
  const actor = { kind: 'contact', id: conversation.contact_id };
  const fact = { message_id: message.message_id, address: conversation.remote_address, keyword: keyword.word };
  if (keyword.kind === 'start') {
    if (thread.optedOut) recordOptIn(ledger, { ...at, keyword: keyword.word, actor });
    thread.optedOut = false;
    ledger.emit(conversation, 'message.opt_in', fact);
    return;
  }
  if (!thread.optedOut) recordOptOut(ledger, { ...at, keyword: keyword.word, actor });
  thread.optedOut = true;
  ledger.emit(conversation, 'message.opt_out', fact);
  const waiting = thread.modeContext.pending && ledger.dispatch(thread.modeContext.pending);
  if (waiting?.outcome === 'pending') suppressDispatch(ledger, conversation, waiting, 'opted_out');
}

/** `abandoned` after the agent's silence timeout: counted from the customer's last message. */
function watchSilence(ledger: Ledger, conversation: ConversationRow, agent: AgentRow): void {
  if (agent.silence_timeout_seconds === null) return;
  ledger.timer(conversation, 'silence', new Date(ledger.now.getTime() + agent.silence_timeout_seconds * 1000));
}

function append(ledger: Ledger, conversation: ConversationRow, m: InboundMessage, o: { sentAt: Date; echo?: boolean }): MessageRow {
  conversation.message_count += 1;
  conversation.last_message_preview = preview(m.text, m.attachments);
  conversation.last_message_at = ledger.now;
  ledger.active(conversation);
  const status = o.echo ? 'sent' : 'received';
  return ledger.addMessage({
    message_id: ledger.moment.newId('message'),
    workspace_id: conversation.workspace_id,
    conversation_id: conversation.conversation_id,
    sequence: conversation.message_count,
    direction: o.echo ? 'outbound' : 'inbound',
    author: o.echo ? 'human' : 'contact',
    sender_name: m.contact?.name || null,
    channel: m.channel as Channel,
    channel_account_id: m.channel_account_id,
    from_number: conversation.remote_address,
    to_number: m.to,
    contact_id: conversation.contact_id,
    text: m.text,
    attachments: m.attachments as AttachmentRef[],
    template: null,
    metadata: (m.metadata ?? {}) as JsonObject,
    status,
    status_history: [{ status, at: ledger.now.toISOString(), detail: null }],
    error_code: null,
    error_detail: null,
    ...smsSize(m.channel as Channel, m.text),
    provider_message_id: m.provider_message_id,
    dispatch_id: null,
    mode_epoch: conversation.mode_epoch,
    parting: false,
    claim: 0,
    claimant: null,
    created_at: ledger.now,
    sent_at: o.echo ? o.sentAt : null,
    delivered_at: null,
    read_at: null,
  });
}

function knowContact(ledger: Ledger, thread: Thread, m: InboundMessage): ContactRow {
  const kind = addressKind(m.channel);
  const contact =
    thread.contact ??
    meetContact(ledger, {
      workspace_id: m.workspace_id,
      kind,
      address: m.from,
      attributes: (m.contact?.attributes ?? {}) as JsonObject,
      taken: thread.taken,
    });
  // Of a person who answers from our side, the name is not the customer's.
  if (m.author !== 'human') contact.name ??= m.contact?.name || null;
  learnAddress(ledger, contact, { kind: 'email', told: m.contact?.email ?? '', taken: thread.taken });
  return contact;
}

function startConversation(ledger: Ledger, thread: Thread, m: InboundMessage, contactId: string): ConversationRow {
  const conversation = openConversation(ledger, {
    workspace_id: m.workspace_id,
    agent_id: thread.agent.agent_id,
    partition: thread.partition,
    channel: m.channel as Channel,
    channel_account_id: m.channel_account_id,
    remote_address: m.from,
    own_address: m.to,
    contact_id: contactId,
    previous_conversation_id: thread.previous?.conversation_id ?? null,
  });
  // Closing a conversation does not close the customer's WhatsApp window.
  conversation.window_expires_at = thread.previous?.window_expires_at ?? null;
  return conversation;
}

/** A conversation as it is born: with the AI, at epoch 1. */
export function openConversation(
  ledger: Ledger,
  at: Pick<
    ConversationRow,
    | 'workspace_id'
    | 'agent_id'
    | 'partition'
    | 'channel'
    | 'channel_account_id'
    | 'remote_address'
    | 'own_address'
    | 'contact_id'
    | 'previous_conversation_id'
  >,
): ConversationRow {
  const conversation = ledger.addConversation({
    conversation_id: ledger.moment.newId('conversation'),
    ...at,
    ai_mode: 'ai',
    mode_epoch: 1,
    status: 'active',
    subject: null,
    tags: [],
    needs_handoff: false,
    unread: false,
    takeover_timeout_seconds: null,
    takeover_expires_at: null,
    taken_over_by: null,
    window_expires_at: null,
    message_count: 0,
    event_sequence: 0,
    turn_dispatch_id: null,
    pending_dispatch_id: null,
    last_message_preview: null,
    last_message_at: null,
    metadata: {},
    created_at: ledger.now,
    updated_at: ledger.now,
    closed_at: null,
    mail_thread: null,
  });
  ledger.active(conversation);
  ledger.emit(conversation, 'conversation.created', conversationPayload(conversation));
  return conversation;
}
