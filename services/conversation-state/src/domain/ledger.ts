import type { EventPayloads, EventType } from '@baton/contracts/events.ts';
import { type Changes, type Moment, noChanges, type Update } from './changes.ts';
import type { ContactRow, ConversationRow, DispatchRow, MessageRow, OptOutRow, TimerKind } from './rows.ts';

/**
 * Lists are in the order of activity to the second: a reply moments after its question moves nothing. By the second on the clock, not by the time since the
 * message before: else a thread in which no second passes without a message would stay where it was when that began.
 */
const stepOf = (time: Date): number => Math.floor(time.getTime() / 1000);

/** Subject of an event; given so that rules stay free of how NATS names things. */
export type SubjectOf = (type: EventType, partition: number, at: { workspaceId: string; conversationId: string }) => string;

/**
 * Collects what a batch of decisions changes. Rows are copied once, changed in place by the rules, and handed out as one `Changes` at the end,
 * so a second decision about the same conversation in one batch sees what the first one did.
 */
export class Ledger {
  readonly moment: Moment;
  readonly #subjectOf: SubjectOf;
  readonly #changes: Changes = noChanges();
  readonly #contacts = new Map<string, { row: ContactRow; seen: ContactRow | undefined }>();
  readonly #conversations = new Map<string, { row: ConversationRow; seen: ConversationRow | undefined }>();
  readonly #messages = new Map<string, { row: MessageRow; seen: MessageRow | undefined }>();
  readonly #dispatches = new Map<string, { row: DispatchRow; seen: DispatchRow | undefined }>();
  readonly #active = new Map<string, ConversationRow>();
  /** By agent and address; null: opted in again. Only the last word of a batch counts. */
  readonly #optOuts = new Map<string, { at: { agent_id: string; address: string }; row: OptOutRow | null }>();
  readonly #timers = new Map<string, { kind: TimerKind; subject_id: string; conversation: ConversationRow; due_at: Date | null }>();

  constructor(moment: Moment, subjectOf: SubjectOf) {
    this.moment = moment;
    this.#subjectOf = subjectOf;
  }

  get now(): Date {
    return this.moment.now;
  }

  /** The working copy of a loaded row; the same one each time. */
  contact(loaded: ContactRow): ContactRow {
    return working(this.#contacts, loaded.contact_id, loaded);
  }

  conversation(loaded: ConversationRow): ConversationRow {
    return working(this.#conversations, loaded.conversation_id, loaded);
  }

  message(loaded: MessageRow): MessageRow {
    return working(this.#messages, loaded.message_id, loaded);
  }

  dispatch(loaded: DispatchRow): DispatchRow {
    return working(this.#dispatches, loaded.dispatch_id, loaded);
  }

  /** A working copy made or loaded earlier in this batch. */
  knownDispatch(id: string): DispatchRow | undefined {
    return this.#dispatches.get(id)?.row;
  }

  addContact(row: ContactRow): ContactRow {
    this.#contacts.set(row.contact_id, { row, seen: undefined });
    return row;
  }

  addConversation(row: ConversationRow): ConversationRow {
    this.#conversations.set(row.conversation_id, { row, seen: undefined });
    return row;
  }

  addMessage(row: MessageRow): MessageRow {
    this.#messages.set(row.message_id, { row, seen: undefined });
    return row;
  }

  addDispatch(row: DispatchRow): DispatchRow {
    this.#dispatches.set(row.dispatch_id, { row, seen: undefined });
    return row;
  }

  /** Parts without working copies: addresses, histories, receipts, echoes. */
  get also(): Pick<
    Changes,
    | 'contactAddresses'
    | 'contactAddressesGone'
    | 'contactHistory'
    | 'modeHistory'
    | 'optOutHistory'
    | 'erasedOptOutsGone'
    | 'earlyReceipts'
    | 'earlyReceiptsDone'
    | 'earlyEchoes'
    | 'earlyEchoesDone'
  > {
    return this.#changes;
  }

  /** Something was said in the conversation: it moves to the top of lists. */
  active(conversation: ConversationRow): void {
    this.#active.set(conversation.conversation_id, conversation);
  }

  /** The address may no longer be written to by this agent. */
  optOut(row: OptOutRow): void {
    this.#optOuts.set(`${row.agent_id} ${row.address}`, { at: row, row });
  }

  /** It may again. */
  optIn(at: { agent_id: string; address: string }): void {
    this.#optOuts.set(`${at.agent_id} ${at.address}`, { at, row: null });
  }

  /** Sets (or with null ends) a timer of the conversation. */
  timer(conversation: ConversationRow, kind: TimerKind, due_at: Date | null, subject_id = conversation.conversation_id): void {
    this.#timers.set(`${kind}:${subject_id}`, { kind, subject_id, conversation, due_at });
  }

  /** Records a fact. Public ones are numbered in their conversation, Baton's own signals carry 0. */
  emit<T extends EventType>(conversation: ConversationRow, type: T, payload: EventPayloads[T]): void {
    const internal = type === 'dispatch.ready' || type === 'send.ready';
    const event_id = this.moment.newId('event');
    const sequence = internal ? 0 : ++conversation.event_sequence;
    const envelope = {
      event_id,
      event_type: type,
      workspace_id: conversation.workspace_id,
      agent_id: conversation.agent_id,
      channel: conversation.channel,
      conversation_id: conversation.conversation_id,
      sequence,
      timestamp: this.now.toISOString(),
      payload,
    };
    this.#changes.events.push({
      event_id,
      workspace_id: conversation.workspace_id,
      conversation_id: conversation.conversation_id,
      partition: conversation.partition,
      event_type: type,
      sequence,
      subject: this.#subjectOf(type, conversation.partition, {
        workspaceId: conversation.workspace_id,
        conversationId: conversation.conversation_id,
      }),
      data: JSON.stringify(envelope),
      traceparent: this.moment.traceparent,
      created_at: this.now,
    });
  }

  /** What is to be written; rows that nobody changed are left out. */
  close(): Changes {
    const c = this.#changes;
    for (const one of this.#contacts.values()) this.#closeContact(one);
    for (const { row, seen } of this.#conversations.values()) {
      if (!seen) {
        c.conversations.push(row);
        // Whoever was just made, or is fenced by its own change, cannot have gone.
        const sure = [...c.contacts, ...c.contactUpdates.map((one) => one.row)].some((one) => one.contact_id === row.contact_id);
        if (!sure && !c.contactsMet.some((one) => one.contact_id === row.contact_id)) c.contactsMet.push({ contact_id: row.contact_id });
      } else {
        const changed = changedKeys(row, seen);
        if (changed.length === 0) continue;
        row.updated_at = this.now;
        c.conversationUpdates.push({ row, seen, changed: [...changed, 'updated_at'] });
      }
    }
    collect(this.#messages, c.messages, c.messageUpdates);
    collect(this.#dispatches, c.dispatches, c.dispatchUpdates);
    for (const { conversation_id, workspace_id } of this.#active.values()) {
      const row = { conversation_id, workspace_id, active_at: this.now };
      const seen = this.#conversations.get(conversation_id)?.seen;
      if (!seen) c.activities.push(row);
      else if (!seen.last_message_at || stepOf(seen.last_message_at) !== stepOf(this.now)) c.activityUpdates.push(row);
    }
    for (const { at, row } of this.#optOuts.values()) {
      if (row) c.optOuts.push(row);
      else c.optIns.push({ agent_id: at.agent_id, address: at.address });
    }
    for (const { kind, subject_id, conversation, due_at } of this.#timers.values()) {
      if (due_at === null) c.timersDone.push({ kind, subject_id });
      else
        c.timers.push({ kind, subject_id, workspace_id: conversation.workspace_id, conversation_id: conversation.conversation_id, due_at });
    }
    return c;
  }

  #closeContact({ row, seen }: { row: ContactRow; seen: ContactRow | undefined }): void {
    if (!seen) {
      this.#changes.contacts.push(row);
      return;
    }
    const changed = changedKeys(row, seen);
    if (changed.length === 0) return;
    row.version = seen.version + 1;
    row.updated_at = this.now;
    this.#changes.contactUpdates.push({ row, seen, changed: [...new Set([...changed, 'version' as const, 'updated_at' as const])] });
  }
}

function working<Row extends object>(copies: Map<string, { row: Row; seen: Row | undefined }>, id: string, loaded: Row): Row {
  const known = copies.get(id);
  if (known) return known.row;
  const row = { ...loaded };
  copies.set(id, { row, seen: loaded });
  return row;
}

/** Rules replace values, they never change a nested one in place, so identity tells. */
function changedKeys<Row extends object>(row: Row, seen: Row): (keyof Row & string)[] {
  return (Object.keys(row) as (keyof Row & string)[]).filter((key) => row[key] !== seen[key]);
}

function collect<Row extends object>(copies: Map<string, { row: Row; seen: Row | undefined }>, added: Row[], updated: Update<Row>[]): void {
  for (const { row, seen } of copies.values()) {
    if (!seen) added.push(row);
    else {
      const changed = changedKeys(row, seen);
      if (changed.length > 0) updated.push({ row, seen, changed });
    }
  }
}
