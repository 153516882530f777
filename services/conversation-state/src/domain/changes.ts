import type { IdKind } from '@baton/contracts/ids.ts';
import type {
  ActivityRow,
  ContactAddressRow,
  ContactHistoryRow,
  ContactRow,
  ConversationRow,
  DispatchRow,
  EarlyEchoRow,
  EarlyReceiptRow,
  EventRow,
  MessageRow,
  ModeHistoryRow,
  OptOutHistoryRow,
  OptOutRow,
  TimerRow,
} from './rows.ts';

/** A row to change: as it is to be, as it was read, and the columns that differ. */
export interface Update<Row> {
  row: Row;
  seen: Row;
  changed: (keyof Row & string)[];
}

/**
 * Everything that one decision writes: one statement, one commit. An update stands only if the row is as it was read, in what the fence looks at
 * (epoch and event number of a conversation, version of a contact, status and claim of a message, outcome and attempts of a dispatch); else nothing of the decision is written.
 */
export interface Changes {
  contacts: ContactRow[];
  contactUpdates: Update<ContactRow>[];
  /** Contacts that new conversations are with, as they were met: neither merged nor erased. */
  contactsMet: { contact_id: string }[];
  contactAddresses: ContactAddressRow[];
  contactAddressesGone: { workspace_id: string; kind: string; address: string }[];
  contactHistory: ContactHistoryRow[];
  conversations: ConversationRow[];
  conversationUpdates: Update<ConversationRow>[];
  activities: ActivityRow[];
  activityUpdates: ActivityRow[];
  messages: MessageRow[];
  messageUpdates: Update<MessageRow>[];
  dispatches: DispatchRow[];
  dispatchUpdates: Update<DispatchRow>[];
  modeHistory: ModeHistoryRow[];
  optOuts: OptOutRow[];
  optIns: { agent_id: string; address: string }[];
  optOutHistory: OptOutHistoryRow[];
  /** Of addresses that are known again. */
  erasedOptOutsGone: { agent_id: string; address_hash: string }[];
  timers: TimerRow[];
  timersDone: { kind: string; subject_id: string }[];
  earlyReceipts: EarlyReceiptRow[];
  earlyReceiptsDone: { channel_account_id: string; provider_message_id: string; status: string }[];
  earlyEchoes: EarlyEchoRow[];
  earlyEchoesDone: { channel_account_id: string; provider_message_id: string }[];
  events: EventRow[];
}

export function noChanges(): Changes {
  return {
    contacts: [],
    contactUpdates: [],
    contactsMet: [],
    contactAddresses: [],
    contactAddressesGone: [],
    contactHistory: [],
    conversations: [],
    conversationUpdates: [],
    activities: [],
    activityUpdates: [],
    messages: [],
    messageUpdates: [],
    dispatches: [],
    dispatchUpdates: [],
    modeHistory: [],
    optOuts: [],
    optIns: [],
    optOutHistory: [],
    erasedOptOutsGone: [],
    timers: [],
    timersDone: [],
    earlyReceipts: [],
    earlyReceiptsDone: [],
    earlyEchoes: [],
    earlyEchoesDone: [],
    events: [],
  };
}

export type IdSource = (kind: IdKind) => string;

/** What pure rules may not fetch by themselves. */
export interface Moment {
  now: Date;
  newId: IdSource;
  /** The trace that the facts belong to, as W3C `traceparent`. */
  traceparent: string | null;
}
