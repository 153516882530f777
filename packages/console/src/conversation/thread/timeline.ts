import type { Dispatch, Message, ModeHistoryRow } from '../../data/types.ts';

export type TimelineItem =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'message'; key: string; at: string; message: Message; decision: Dispatch | undefined; grouped: boolean }
  | { kind: 'mode'; key: string; at: string; change: ModeHistoryRow };

interface Given {
  /** Newest first, as they are listed. */
  messages: readonly Message[];
  history: readonly ModeHistoryRow[];
  dispatches: readonly Dispatch[];
  /** Whether the first message is among them; else what came before the oldest one is not shown. */
  complete: boolean;
  /** The calendar day of a time, where the reader is. */
  dayOf: (at: string) => string;
}

const groupMs = 3 * 60_000;

/** What was said and what was changed in one row of things, oldest first, with a mark where a day begins. */
export function timelineOf({ messages, history, dispatches, complete, dayOf }: Given): TimelineItem[] {
  const decisions = latestDecisions(dispatches);
  const oldest = messages.at(-1)?.created_at ?? '';
  const said = [...messages].reverse();
  const changes = [...history].reverse().filter(({ created_at }) => complete || created_at >= oldest);
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
    while (changes[0] && changes[0].created_at <= message.created_at) {
      put(modeItem(changes.shift()!));
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
      grouped: continues(before, message),
    });
    before = message;
  }
  for (const change of changes) put(modeItem(change));
  return items;
}

function modeItem(change: ModeHistoryRow): TimelineItem {
  return { kind: 'mode', key: `mode-${change.mode_epoch}`, at: change.created_at, change };
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
