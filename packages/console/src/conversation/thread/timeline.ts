import type { Dispatch, Message, ModeHistoryRow, Note } from '../../data/types.ts';

export type TimelineItem =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'message'; key: string; at: string; message: Message; decision: Dispatch | undefined; together: boolean; grouped: boolean }
  | { kind: 'handoff'; key: string; at: string; handoff: NonNullable<Dispatch['handoff']> }
  | { kind: 'note'; key: string; at: string; note: Note }
  | { kind: 'mode'; key: string; at: string; change: ModeHistoryRow };

interface Given {
  /** Newest first, as they are listed. */
  messages: readonly Message[];
  history: readonly ModeHistoryRow[];
  dispatches: readonly Dispatch[];
  notes: readonly Note[];
  /** Whether the first message is among them; else what came before the oldest one is not shown. */
  complete: boolean;
  /** The calendar day of a time, where the reader is. */
  dayOf: (at: string) => string;
}

const groupMs = 3 * 60_000;

/** What was said and what was changed in one row of things, oldest first, with a mark where a day begins. */
export function timelineOf({ messages, history, dispatches, notes, complete, dayOf }: Given): TimelineItem[] {
  const decisions = latestDecisions(dispatches);
  const answered = new Set(dispatches.flatMap(({ message_ids }) => message_ids));
  const oldest = messages.at(-1)?.created_at ?? '';
  const said = [...messages].reverse();
  const changes = besides({ history, dispatches, notes }).filter(({ at }) => complete || at >= oldest);
  const items: TimelineItem[] = [];
  let day = '';
  let before: Message | undefined;
  const put = (item: TimelineItem) => {
    if (dayOf(item.at) !== day) {
      day = dayOf(item.at);
      before = undefined;
      items.push({ kind: 'day', key: `day-${day}`, at: item.at });
    }
    items.push(item);
  };
  for (const message of said) {
    while (changes[0] && changes[0].at <= message.created_at) {
      put(changes.shift()!);
      before = undefined;
    }
    const at = message.created_at;
    if (dayOf(at) !== day) before = undefined;
    put({
      kind: 'message',
      key: message.message_id,
      at,
      message,
      decision: decisions.get(message.message_id),
      together: answered.has(message.message_id) && !decisions.has(message.message_id),
      grouped: continues(before, message),
    });
    before = message;
  }
  for (const change of changes) put(change);
  return items;
}

/** What stands between the messages, oldest first: who answers, what the AI said when it asked for a person, what people noted. */
function besides({ history, dispatches, notes }: Pick<Given, 'history' | 'dispatches' | 'notes'>): TimelineItem[] {
  const modes = history.map((change): TimelineItem => ({ kind: 'mode', key: `mode-${change.mode_epoch}`, at: change.created_at, change }));
  const handoffs = dispatches.flatMap(({ dispatch_id, handoff, settled_at, created_at }): TimelineItem[] =>
    handoff ? [{ kind: 'handoff', key: `handoff-${dispatch_id}`, at: settled_at ?? created_at, handoff }] : [],
  );
  // At the same moment the AI first asks; the change follows from it.
  const noted = notes.map((note): TimelineItem => ({ kind: 'note', key: note.note_id, at: note.created_at, note }));
  return [...handoffs, ...modes.reverse(), ...noted.reverse()].sort((a, b) => a.at.localeCompare(b.at));
}

/** Said by the same one right after the message before. */
function continues(before: Message | undefined, message: Message): boolean {
  if (!before || before.author !== message.author || before.sender_name !== message.sender_name) return false;
  return Date.parse(message.created_at) - Date.parse(before.created_at) < groupMs;
}

/** The decision that stands for each customer's message: the newest one, shown at the last message that it answers. */
function latestDecisions(dispatches: readonly Dispatch[]): Map<string, Dispatch> {
  const decisions = new Map<string, Dispatch>();
  for (const dispatch of dispatches) {
    const last = dispatch.message_ids.at(-1);
    if (last !== undefined && !decisions.has(last)) decisions.set(last, dispatch);
  }
  return decisions;
}
