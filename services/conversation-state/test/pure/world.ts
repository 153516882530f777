import type { InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { type BeginTurnDecision, beginTurn } from '../../src/domain/begin-turn.ts';
import type { ModeChangeContext } from '../../src/domain/change-mode.ts';
import type { Changes } from '../../src/domain/changes.ts';
import { type CommitReplyDecision, commitReply, type TurnResult } from '../../src/domain/commit-reply.ts';
import { fireTimer } from '../../src/domain/fire-timer.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { receiveMessage, type Thread } from '../../src/domain/receive-message.ts';
import type { AgentRow, ContactRow, ConversationRow, DispatchRow, MessageRow, ModeHistoryRow, TimerRow } from '../../src/domain/rows.ts';
import { applyReceipt, type ClaimState, claimSend, type ReceiptFact, recordSend, type SendResult } from '../../src/domain/send.ts';
import { type SendState, sendByHand } from '../../src/domain/send-by-hand.ts';
import { resumeAi, updateConversation } from '../../src/domain/update-conversation.ts';
import { after, agentRow, counter, inbound, newTestLedger, noon } from './rows.ts';

export interface SeenEvent {
  event_type: string;
  sequence: number;
  payload: Record<string, unknown>;
}

const person = { kind: 'user', id: 'user_a' };

/** One conversation in memory: decides by the real rules, stores as the database would, every update fenced by what was read. */
export class World {
  readonly agent: AgentRow;
  now = noon;
  conversation: ConversationRow | undefined;
  contact: ContactRow | undefined;
  optedOut = false;
  /** Its place in lists. */
  activeAt: Date | undefined;
  readonly messages = new Map<string, MessageRow>();
  readonly dispatches = new Map<string, DispatchRow>();
  readonly timers = new Map<string, TimerRow>();
  readonly history: ModeHistoryRow[] = [];
  readonly events: SeenEvent[] = [];
  readonly #ids = counter();

  constructor(agent: Partial<AgentRow> = {}) {
    this.agent = agentRow(agent);
  }

  advance(ms: number): void {
    this.now = after(ms, this.now);
  }

  receive(...messages: Partial<InboundMessage>[]): void {
    this.#decide((ledger) => {
      const thread: Thread = {
        partition: 3,
        agent: this.agent,
        conversation: this.conversation && ledger.conversation(this.conversation),
        previous: undefined,
        contact: this.contact && ledger.contact(this.contact),
        taken: new Set(),
        optedOut: this.optedOut,
        modeContext: this.#context(),
      };
      for (const m of messages)
        receiveMessage(ledger, thread, inbound({ sent_at: this.now.toISOString(), received_at: this.now.toISOString(), ...m }));
    });
  }

  setMode(to: 'ai' | 'human' | 'closed') {
    return this.#command((ledger, state) => updateConversation(ledger, state, { aiMode: to, reason: 'api', actor: person }));
  }

  resume(answer: boolean) {
    const unanswered = answer ? [...this.messages.values()].filter((m) => m.author === 'contact').map((m) => m.message_id) : [];
    return this.#command((ledger, state) => resumeAi(ledger, state, { actor: person, unanswered }));
  }

  write(takeover: boolean) {
    const draft = {
      author: 'human' as const,
      text: 'By hand',
      attachments: [],
      template: null,
      senderName: null,
      metadata: {},
      actor: person,
    };
    return this.#command((ledger, state) => sendByHand(ledger, state, { ...draft, takeover }));
  }

  begin(dispatchId: string, redelivered: boolean): BeginTurnDecision {
    return this.#decide((ledger) => {
      const conversation = this.#open();
      const running = conversation.turn_dispatch_id === null ? undefined : this.dispatches.get(conversation.turn_dispatch_id);
      const dispatch = this.dispatches.get(dispatchId)!;
      return beginTurn(ledger, { conversation, dispatch, agent: this.agent, optedOut: this.optedOut, running }, redelivered);
    });
  }

  commit(dispatchId: string, epoch: number | undefined, result: TurnResult, claimant = ''): CommitReplyDecision {
    return this.#decide((ledger) => {
      const state = { ...this.#state(), dispatch: this.dispatches.get(dispatchId)! };
      return commitReply(ledger, state, { epoch, result, latencyMs: 5, attempts: 1, usage: null, claimant });
    });
  }

  claim(messageId: string, claimant = '', insteadOfClaim = 0) {
    return this.#decide((ledger) => claimSend(ledger, this.#sendState(messageId), { claimant, insteadOfClaim }));
  }

  record(messageId: string, result: Partial<SendResult> & Pick<SendResult, 'outcome' | 'claim'>) {
    const whole = { provider_message_id: '', error_code: '', error_detail: '', retry_after_ms: 0, occurred_at: this.now, ...result };
    return this.#decide((ledger) => recordSend(ledger, { ...this.#sendState(messageId), earlyReceipts: [] }, whole));
  }

  receipt(messageId: string, status: ReceiptFact['status']): boolean {
    return this.#decide((ledger) => {
      const message = ledger.message(this.messages.get(messageId)!);
      return applyReceipt(ledger, ledger.conversation(this.#open()), message, { status, at: this.now, error: null });
    });
  }

  /** Fires the timer that is due first, if one is. */
  fireDue(): TimerRow | undefined {
    const [timer] = [...this.timers.values()]
      .filter((one) => one.due_at <= this.now)
      .sort((a, b) => a.due_at.getTime() - b.due_at.getTime());
    if (!timer) return undefined;
    this.#decide((ledger) =>
      fireTimer(ledger, timer, {
        ...this.#state(),
        dispatch: this.dispatches.get(timer.subject_id),
        message: this.messages.get(timer.subject_id),
      }),
    );
    return timer;
  }

  openSends(): MessageRow[] {
    const open = [...this.messages.values()].filter((m) => m.direction === 'outbound' && (m.status === 'queued' || m.status === 'sending'));
    return open.sort((a, b) => a.sequence - b.sequence);
  }

  #open(): ConversationRow {
    if (!this.conversation) throw new Error('no conversation yet');
    return this.conversation;
  }

  #state(): SendState {
    return { conversation: this.#open(), agent: this.agent, provider: 'twilio', optedOut: this.optedOut, modeContext: this.#context() };
  }

  #context(): ModeChangeContext {
    const pending = this.conversation?.pending_dispatch_id;
    return {
      agentTimeoutSeconds: this.agent.takeover_timeout_seconds,
      openSends: this.openSends(),
      pending: pending ? this.dispatches.get(pending) : undefined,
    };
  }

  #sendState(messageId: string): ClaimState {
    const message = this.messages.get(messageId)!;
    const open = this.openSends();
    return {
      conversation: this.#open(),
      message,
      blocked: open.some((one) => one.sequence < message.sequence),
      optedOut: this.optedOut,
      next: open.find((one) => one.sequence > message.sequence && one.status === 'queued') ?? null,
    };
  }

  #command<T extends object>(decide: (ledger: Ledger, state: SendState) => T): T {
    return this.#decide(
      (ledger) => decide(ledger, this.#state()),
      (result) => 'code' in result,
    );
  }

  #decide<T>(decide: (ledger: Ledger) => T, refused: (result: T) => boolean = () => false): T {
    const ledger = newTestLedger(this.now, this.#ids);
    const result = decide(ledger);
    if (!refused(result)) this.#store(ledger.close());
    return result;
  }

  #store(c: Changes): void {
    for (const row of c.contacts) this.contact = row;
    for (const { row } of c.contactUpdates) this.contact = row;
    for (const row of c.conversations) this.conversation = row;
    for (const { row, seen } of c.conversationUpdates) {
      const stands = this.#open();
      if (stands.mode_epoch !== seen.mode_epoch || stands.event_sequence !== seen.event_sequence) throw new Error('fence_lost');
      this.conversation = row;
    }
    for (const row of [...c.activities, ...c.activityUpdates]) this.activeAt = row.active_at;
    for (const row of c.messages) this.messages.set(row.message_id, row);
    for (const { row } of c.messageUpdates) this.messages.set(row.message_id, row);
    for (const row of c.dispatches) this.dispatches.set(row.dispatch_id, row);
    for (const { row } of c.dispatchUpdates) this.dispatches.set(row.dispatch_id, row);
    this.history.push(...c.modeHistory);
    if (c.optOuts.length > 0) this.optedOut = true;
    if (c.optIns.length > 0) this.optedOut = false;
    for (const row of c.timers) this.timers.set(`${row.kind}:${row.subject_id}`, row);
    for (const row of c.timersDone) this.timers.delete(`${row.kind}:${row.subject_id}`);
    this.events.push(...c.events.map((row) => JSON.parse(row.data) as SeenEvent));
  }
}
