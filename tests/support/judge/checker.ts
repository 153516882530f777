/**
 * The judge of the load and fault tests. It knows what the contract promises and reads Postgres, the EVENTS stream and the stubs' own logs;
 * it knows nothing of the services and believes nothing they say. Here is what only the stubs' logs can tell; the rest is `packages/verify`.
 */

export type MessageRow = {
  message_id: string;
  conversation_id: string;
  sequence: number;
  direction: 'inbound' | 'outbound';
  author: string;
  text: string;
  status: string;
  status_history: { status: string }[];
  provider_message_id: string | null;
  dispatch_id: string | null;
};

export type DispatchRow = {
  dispatch_id: string;
  conversation_id: string;
  message_ids: string[];
  outcome: string;
  reason: string | null;
  reply_message_ids: string[];
};

export type ConversationRow = { conversation_id: string; remote_address: string };

export type Evidence = {
  /** Webhooks that were answered 2xx, in the order in which each customer sent them. */
  accepted: { from: string; id: string; text: string; at: number }[];
  conversations: ConversationRow[];
  messages: MessageRow[];
  dispatches: DispatchRow[];
  /** What the provider took on, by its own clock. */
  provider: { to: string; text: string; id: string; at: number }[];
  /** Where rows, the log of events or the stream contradict the invariants, which `baton verify` looks for as well. */
  violations: string[];
  /** What has stayed undone: unpublished events, dead letters. */
  leftovers: string[];
};

/** Every way in which the evidence contradicts the promises; empty when it does not. */
export function judge(e: Evidence): string[] {
  return [...noLostInbound(e), ...dispatching(e), ...sending(e), ...e.violations, ...e.leftovers];
}

/** What holds also while people take over and turns fail: `judge` without how turns ended. */
export function judgeMessages(e: Evidence): string[] {
  return [...noLostInbound(e), ...sending(e), ...e.violations, ...e.leftovers];
}

/** Each webhook answered 2xx is one row, in the thread of its sender, in the order it was sent; and no row came from nowhere. */
function noLostInbound({ accepted, conversations, messages }: Evidence): string[] {
  const wrong: string[] = [];
  const inbound = messages.filter(({ direction }) => direction === 'inbound');
  const rows = Map.groupBy(inbound, (row) => row.provider_message_id ?? '');
  const home = new Map(conversations.map((row) => [row.conversation_id, row.remote_address]));
  const known = new Set(accepted.map(({ id }) => id));
  for (const { from, id } of accepted) {
    const found = rows.get(id) ?? [];
    if (found.length !== 1) wrong.push(`inbound ${id} of ${from} stands ${found.length} times`);
    else if (home.get(found[0]?.conversation_id ?? '') !== from) wrong.push(`inbound ${id} of ${from} stands in another's thread`);
  }
  for (const id of rows.keys()) if (!known.has(id)) wrong.push(`inbound ${id} was never sent`);
  const position = new Map(accepted.map(({ id }, index) => [id, index]));
  for (const [conversation, thread] of Map.groupBy(inbound, (row) => row.conversation_id)) {
    const order = thread.toSorted(bySequence).map((row) => position.get(row.provider_message_id ?? '') ?? -1);
    if (order.some((place, index) => index > 0 && place < (order[index - 1] ?? 0)))
      wrong.push(`inbound of ${conversation} is out of order`);
  }
  return wrong;
}

/** Each inbound message has its place in exactly one replied dispatch, each of those has one reply, and each reply a dispatch. */
function dispatching({ messages, dispatches }: Evidence): string[] {
  const wrong: string[] = [];
  const places = new Map<string, number>();
  for (const dispatch of dispatches) {
    if (dispatch.outcome === 'superseded') continue;
    for (const id of dispatch.message_ids) places.set(id, (places.get(id) ?? 0) + 1);
    if (dispatch.outcome !== 'replied') wrong.push(`dispatch ${dispatch.dispatch_id} is ${dispatch.outcome} (${dispatch.reason})`);
    else if (dispatch.reply_message_ids.length !== 1)
      wrong.push(`dispatch ${dispatch.dispatch_id} has ${dispatch.reply_message_ids.length} replies`);
  }
  for (const row of messages) {
    const count = places.get(row.message_id) ?? 0;
    if (row.direction === 'inbound' && count !== 1) wrong.push(`inbound ${row.message_id} is in ${count} dispatches`);
  }
  const replies = new Set(dispatches.flatMap((dispatch) => dispatch.reply_message_ids));
  for (const row of messages)
    if (row.author === 'ai' && !replies.has(row.message_id)) wrong.push(`the AI's message ${row.message_id} belongs to no dispatch`);
  return wrong;
}

const TAKEN = new Set(['sent', 'delivered', 'read']);

/** What stands as sent reached the provider once; `unknown` once at most; the rest never; and the provider has nothing else. Order is the thread's. */
function sending({ conversations, messages, provider }: Evidence): string[] {
  const wrong: string[] = [];
  const home = new Map(conversations.map((row) => [row.conversation_id, row.remote_address]));
  const key = (to: string, text: string): string => `${to} ${text}`;
  const calls = Map.groupBy(provider, ({ to, text }) => key(to, text));
  const outbound = messages.filter(({ direction }) => direction === 'outbound');
  const written = new Set<string>();
  for (const row of outbound) {
    const sent = calls.get(key(home.get(row.conversation_id) ?? '', row.text)) ?? [];
    written.add(key(home.get(row.conversation_id) ?? '', row.text));
    const isUnknown = row.status === 'unknown' || row.status_history.some(({ status }) => status === 'unknown');
    const isRight = isUnknown ? sent.length <= 1 : sent.length === (TAKEN.has(row.status) ? 1 : 0);
    if (!isRight) wrong.push(`outbound ${row.message_id} is ${row.status} and reached the provider ${sent.length} times`);
    if (TAKEN.has(row.status) && sent[0] && row.provider_message_id !== sent[0].id)
      wrong.push(`outbound ${row.message_id} has another id than the provider gave`);
  }
  for (const { to, text } of provider)
    if (!written.has(key(to, text))) wrong.push(`the provider was given "${text}", which stands nowhere`);
  for (const [conversation, thread] of Map.groupBy(outbound, (row) => row.conversation_id)) {
    const to = home.get(conversation) ?? '';
    // Whoever was given up for lost may wake up and send after all, behind what came later.
    const known = thread.filter((row) => !row.status_history.some(({ status }) => status === 'unknown'));
    const times = known.toSorted(bySequence).flatMap((row) => calls.get(key(to, row.text))?.[0]?.at ?? []);
    if (times.some((at, index) => index > 0 && at < (times[index - 1] ?? 0))) wrong.push(`outbound of ${conversation} is out of order`);
  }
  return wrong;
}

function bySequence(a: MessageRow, b: MessageRow): number {
  return a.sequence - b.sequence;
}
