import { publicEventTypes } from '@baton/contracts/events.ts';

interface Seen {
  event_id: string;
  event_type: string;
  conversation_id: string;
  sequence: number;
}

type Written = Seen;

const shown = new Set<string>(publicEventTypes);

/**
 * What a follower of the stream was shown: every event of every conversation once, in order; events may be left out where it was told of a gap
 * (once it has been, it cannot be seen where it was).
 */
export function judgeStream(written: readonly Written[], frames: readonly Seen[]): string[] {
  const wrong: string[] = [];
  const toldOfGap = frames.some(({ event_type }) => event_type === 'stream.gap');
  const came = Map.groupBy(
    frames.filter(({ sequence }) => sequence > 0),
    ({ conversation_id }) => conversation_id,
  );
  for (const [conversation, events] of byConversation(written)) {
    const due = events.map(({ sequence }) => sequence);
    const got = (came.get(conversation) ?? []).map(({ sequence }) => sequence);
    const owed = toldOfGap ? due.filter((sequence) => got.includes(sequence)) : due;
    if (owed.join() !== got.join()) wrong.push(`the stream of ${conversation} showed ${difference(owed, got)}`);
  }
  return wrong;
}

/** What a webhook endpoint was given and took: every public event at least once; seen for the first time, they come in order. */
export function judgeWebhooks(written: readonly Written[], received: readonly Seen[]): string[] {
  const wrong: string[] = [];
  const came = byConversation(firstOfEach(received));
  for (const [conversation, events] of byConversation(written.filter(({ event_type }) => shown.has(event_type)))) {
    const due = events.map(({ sequence }) => sequence);
    const got = (came.get(conversation) ?? []).map(({ sequence }) => sequence);
    if (due.join() !== got.join()) wrong.push(`the webhooks of ${conversation} brought ${difference(due, got)}`);
  }
  return wrong;
}

function byConversation(events: readonly Seen[]): Map<string, Seen[]> {
  return Map.groupBy(
    events.filter(({ sequence }) => sequence > 0),
    ({ conversation_id }) => conversation_id,
  );
}

function difference(due: number[], got: number[]): string {
  const [has, wants] = [new Set(got), new Set(due)];
  const missing = due.filter((one) => !has.has(one));
  const extra = got.filter((one) => !wants.has(one));
  const said = [
    missing.length > 0 ? `not ${missing.slice(0, 10).join(', ')}` : '',
    extra.length > 0 ? `unwritten ${extra.slice(0, 10).join(', ')}` : '',
    missing.length + extra.length === 0 ? `out of order or twice: ${got.slice(-60).join(', ')}` : '',
  ];
  return said.filter(Boolean).join('; ');
}

function firstOfEach(received: readonly Seen[]): Seen[] {
  const known = new Set<string>();
  return received.filter(({ event_id }) => !known.has(event_id) && known.add(event_id));
}
