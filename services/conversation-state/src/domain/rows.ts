import type { BackendKind, OpenAiSettings } from '@baton/contracts/directory.ts';
import type { InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import type {
  AiMode,
  Author,
  Channel,
  ConversationStatus,
  DispatchOutcome,
  MessageStatus,
  Provider,
  SuggestionStatus,
} from '@baton/contracts/vocabulary.ts';

/** The facts that conversation-state keeps, as the database has them. Times are UTC; addresses E.164 or the channel's own form. */

export interface AgentRow {
  agent_id: string;
  workspace_id: string;
  display_name: string;
  language: string;
  enabled: boolean;
  backend: BackendSettings;
  backend_secret: SealedJson | null;
  /** Asked the same, for comparison; what it says is never sent. */
  shadow_backend: BackendSettings | null;
  shadow_secret: SealedJson | null;
  /** After so many seconds without a human message a takeover ends by itself; null: never. */
  takeover_timeout_seconds: number | null;
  handoff: 'human' | 'flag';
  debounce_ms: number;
  burst: 'queue' | 'supersede';
  approval: 'none' | 'required';
  silence_timeout_seconds: number | null;
  fallback_text: string | null;
  history_limit: number;
  created_at: Date;
  updated_at: Date;
  /** It answers nothing any more and is shown nowhere; what it has said still names it. */
  deleted_at: Date | null;
}

export interface BackendSettings {
  kind: BackendKind;
  /** Of `openai` the base URL. */
  url: string | null;
  timeout_ms: number;
  /** With `openai` only. */
  openai?: OpenAiSettings;
}

export interface SealedJson {
  key_id: string;
  iv: string;
  tag: string;
  data: string;
}

export interface WorkspaceRow {
  workspace_id: string;
  name: string;
  partner_id: string | null;
  created_at: Date;
}

export interface ChannelAccountRow {
  channel_account_id: string;
  workspace_id: string;
  provider: Provider;
  channel: Channel;
  address: string;
  agent_id: string;
  enabled: boolean;
  credentials: SealedJson | null;
  credential_names: string[];
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
}

/** How an account fares, to within seconds. */
export interface AccountTrafficRow {
  channel_account_id: string;
  workspace_id: string;
  last_received_at: Date | null;
  last_sent_at: Date | null;
  /** The code of the last failure. */
  last_error: string | null;
  last_error_at: Date | null;
}

export interface ContactRow {
  contact_id: string;
  workspace_id: string;
  name: string | null;
  phone: string | null;
  email: string | null;
  attributes: JsonObject;
  /** +1 at every change: two that read the same row cannot both write it. */
  version: number;
  /** Of a tombstone: the contact it became. */
  merged_into: string | null;
  erased_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** What was done to a contact and by whom, without a value of it. */
export interface ContactHistoryRow {
  workspace_id: string;
  contact_id: string;
  action: 'created' | 'updated' | 'merged' | 'deleted' | 'erasure_requested' | 'erased';
  detail: JsonObject;
  actor_kind: string;
  actor_id: string;
  created_at: Date;
}

/** Which contact an address belongs to. `kind` is `phone` for sms, whatsapp and voice, else the channel. */
export interface ContactAddressRow {
  workspace_id: string;
  kind: string;
  address: string;
  contact_id: string;
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

export interface ConversationRow {
  conversation_id: string;
  workspace_id: string;
  agent_id: string;
  partition: number;
  /** Of the latest inbound message: where a reply goes. */
  channel: Channel;
  channel_account_id: string;
  remote_address: string;
  own_address: string;
  contact_id: string;
  ai_mode: AiMode;
  mode_epoch: number;
  status: ConversationStatus;
  subject: string | null;
  tags: string[];
  needs_handoff: boolean;
  unread: boolean;
  /** Of the takeover that runs; null: the agent's. */
  takeover_timeout_seconds: number | null;
  takeover_expires_at: Date | null;
  /** The user whose conversation it is; null in every mode but `human`, and there while it is nobody's. */
  taken_over_by: string | null;
  window_expires_at: Date | null;
  /** Also the sequence of the newest message. */
  message_count: number;
  event_sequence: number;
  /** The turn that runs; at most one. */
  turn_dispatch_id: string | null;
  /** The turn that will run next; what arrives meanwhile joins it. */
  pending_dispatch_id: string | null;
  last_message_preview: string | null;
  last_message_at: Date | null;
  previous_conversation_id: string | null;
  /** Of mails: what the next one answers. */
  mail_thread: MailThread | null;
  metadata: JsonObject;
  created_at: Date;
  updated_at: Date;
  closed_at: Date | null;
}

/** `references`: Message-IDs, the newest last. */
export type MailThread = { subject: string; references: string[] };

/** When something was last said in a conversation (or it began): the order of lists. */
export interface ActivityRow {
  conversation_id: string;
  workspace_id: string;
  active_at: Date;
}

export interface AttachmentRef {
  url: string;
  content_type: string;
  size: number;
  name: string;
}

export interface TemplateRef {
  name: string;
  language_code: string;
  parameters: string[];
  /** The provider's own words for what is more than texts in the body. Rows from before there were any have none. */
  components?: JsonObject[];
}

export interface StatusStep {
  status: MessageStatus;
  at: string;
  detail: string | null;
}

export interface MessageRow {
  message_id: string;
  workspace_id: string;
  conversation_id: string;
  sequence: number;
  direction: 'inbound' | 'outbound';
  author: Author;
  sender_name: string | null;
  channel: Channel;
  channel_account_id: string;
  /** The customer's address, whatever the direction. */
  from_number: string;
  /** Ours. */
  to_number: string;
  contact_id: string;
  text: string;
  attachments: AttachmentRef[];
  template: TemplateRef | null;
  metadata: JsonObject;
  status: MessageStatus;
  status_history: StatusStep[];
  error_code: string | null;
  error_detail: string | null;
  segments: number;
  encoding: string;
  provider_message_id: string | null;
  dispatch_id: string | null;
  /** The epoch under which it was decided: what the fence compares. */
  mode_epoch: number;
  /** An AI message written in the same step that took the conversation out of `ai` (a hand-off's last words). */
  parting: boolean;
  /** How often a sender has claimed it. */
  claim: number;
  /** Who holds the claim; a claimant that asks again gets the same answer. */
  claimant: string | null;
  created_at: Date;
  sent_at: Date | null;
  delivered_at: Date | null;
  read_at: Date | null;
}

export interface DispatchRow {
  dispatch_id: string;
  workspace_id: string;
  conversation_id: string;
  agent_id: string;
  message_ids: string[];
  outcome: DispatchOutcome;
  reason: string | null;
  mode_epoch: number;
  attempts: number;
  latency_ms: number | null;
  reply_message_ids: string[];
  /** The reply that came too late, for a person to send or drop. */
  suggestion: JsonObject | null;
  /** null: there is none. */
  suggestion_status: SuggestionStatus | null;
  /** Who sent or dropped it. */
  suggestion_end: SuggestionEnd | null;
  error: string | null;
  /** What it has cost, where the backend says so. */
  usage: UsageRow | null;
  /** What the shadow backend said. */
  shadow: JsonObject | null;
  handoff: { reason: string; summary: string | null } | null;
  /** While it waits for more of the customer's messages. */
  due_at: Date | null;
  deadline_at: Date | null;
  /** The backend said "the answer comes later". */
  deferred: boolean;
  created_at: Date;
  settled_at: Date | null;
}

/** JSON. */
export interface SuggestionEnd {
  actor_kind: string;
  actor_id: string;
  at: string;
  /** Something else was sent. */
  edited: boolean;
}

/** JSON. */
export interface UsageRow {
  model: string;
  input_tokens: number;
  output_tokens: number;
}

export interface ModeHistoryRow {
  workspace_id: string;
  conversation_id: string;
  mode_epoch: number;
  from_mode: AiMode;
  to_mode: AiMode;
  actor_kind: string;
  actor_id: string;
  reason: string;
  created_at: Date;
}

export interface OptOutRow {
  workspace_id: string;
  agent_id: string;
  address: string;
  keyword: string;
  created_at: Date;
}

/** An opt-out whose address was erased. */
export interface ErasedOptOutRow {
  workspace_id: string;
  agent_id: string;
  address_hash: string;
  keyword: string;
  created_at: Date;
}

export interface OptOutHistoryRow {
  workspace_id: string;
  agent_id: string;
  address: string;
  action: 'opt_out' | 'opt_in';
  keyword: string;
  actor_kind: string;
  actor_id: string;
  created_at: Date;
}

export const timerKinds = ['takeover_timeout', 'window_closing', 'silence', 'debounce', 'turn_deadline', 'send_retry'] as const;
export type TimerKind = (typeof timerKinds)[number];

export interface TimerRow {
  kind: TimerKind;
  /** What is due: a conversation, dispatch or message id. */
  subject_id: string;
  workspace_id: string;
  conversation_id: string;
  due_at: Date;
}

export interface EventRow {
  event_id: string;
  workspace_id: string;
  conversation_id: string;
  partition: number;
  event_type: string;
  /** Its number in the conversation; 0 for internal signals and directory entries. */
  sequence: number;
  subject: string;
  data: string;
  traceparent: string | null;
  created_at: Date;
}

export interface EarlyReceiptRow {
  workspace_id: string;
  channel_account_id: string;
  provider_message_id: string;
  status: string;
  message_id: string;
  error_code: string | null;
  error_detail: string | null;
  occurred_at: Date;
  received_at: Date;
  /** With `from_address`: about everything that had left for that customer by `occurred_at`. Both empty where it is about one message. */
  agent_id: string;
  from_address: string;
}

/** An echo that waits until it is known whether it is of a send of ours. */
export interface EarlyEchoRow {
  workspace_id: string;
  channel_account_id: string;
  provider_message_id: string;
  /** The customer's. */
  from_address: string;
  message: InboundMessage;
  received_at: Date;
}
