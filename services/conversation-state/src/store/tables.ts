import type { ColumnType, Generated } from 'kysely';
import type { CannedReplyRow, NoteRow, TagChangeRow } from '../domain/inbox/rows.ts';
import type {
  AccountTrafficRow,
  ActivityRow,
  AgentRow,
  ChannelAccountRow,
  ContactAddressRow,
  ContactHistoryRow,
  ContactRow,
  ConversationRow,
  DispatchRow,
  EarlyEchoRow,
  EarlyReceiptRow,
  ErasedOptOutRow,
  EventRow,
  MessageRow,
  ModeHistoryRow,
  OptOutHistoryRow,
  OptOutRow,
  TimerRow,
  WorkspaceRow,
} from '../domain/rows.ts';
import type { TrafficRow } from '../domain/traffic/figures.ts';
import type { ErasurePlace, ErasureRow } from '../erasure/erasure-row.ts';

/** The schema `conversation` as Kysely sees it. */
export interface Tables {
  'conversation.workspace': WorkspaceRow;
  'conversation.agent': AgentRow;
  'conversation.channel_account': ChannelAccountRow;
  'conversation.contact': ContactRow;
  'conversation.contact_address': ContactAddressRow;
  'conversation.contact_history': ContactHistoryRow & { position: Generated<number> };
  'conversation.conversation': ConversationRow;
  'conversation.message': MessageRow;
  'conversation.dispatch': DispatchRow;
  'conversation.mode_history': ModeHistoryRow;
  'conversation.opt_out': OptOutRow;
  'conversation.opt_out_history': OptOutHistoryRow & { position: Generated<number> };
  'conversation.erased_opt_out': ErasedOptOutRow;
  'conversation.erasure': Omit<ErasureRow, 'place'> & { place: ColumnType<ErasurePlace, string, string> };
  'conversation.canned_reply': CannedReplyRow;
  'conversation.note': NoteRow;
  'conversation.conversation_tag': { workspace_id: string; tag: string; conversation_id: string };
  'conversation.tag_change': TagChangeRow;
  'conversation.early_receipt': EarlyReceiptRow;
  'conversation.early_echo': EarlyEchoRow;
  'conversation.traffic': TrafficRow & { workspace_id: string };
  'conversation.account_traffic': AccountTrafficRow;
  'conversation.timer': TimerRow;
  'conversation.activity': ActivityRow;
  'conversation.event': EventRow & { position: Generated<number> };
  'conversation.outbox': { workspace_id: string; partition: number; position: number };
  'conversation.command_result': { workspace_id: string; command_id: string; kind: string; result: Buffer; created_at: Date };
  'conversation.dead_letter': DeadLetterRow;
  'conversation.instance': { instance_id: string; seen_at: Date };
  'conversation.partition_lease': { partition: number; instance_id: string | null; lease: number; expires_at: Date };
}

export interface DeadLetterRow {
  dead_letter_id: string;
  workspace_id: string;
  /** Which delivery it was; null with those that are older than this. */
  delivery_key: string | null;
  subject: string;
  payload: string;
  error: string;
  attempts: number;
  trace_id: string;
  state: 'open' | 'retried' | 'dropped';
  created_at: Date;
}
