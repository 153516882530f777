import { isId } from '@baton/contracts/ids.ts';
import { credential } from '../../wire/headers.ts';
import { asList, asObject, asText, type JsonObject } from '../../wire/json.ts';
import { isProviderId } from '../../wire/provider-id.ts';
import { clip } from '../../wire/text.ts';
import { addMessage, addReceipt, type Frame, malformed } from '../frame.ts';
import { timeOfMs } from '../graph.ts';
import { type Content, contentOf, referralOf } from './content.ts';

/** A page's or an Instagram account's entry. What stands in `standby` happened while another app (the page's inbox, say) held the conversation. */
export function readMessengerEntry(entry: JsonObject, frame: Frame): void {
  const id = asText(entry['id']);
  const items = [
    ...asList(entry['messaging']).map((one) => [one, false] as const),
    ...asList(entry['standby']).map((one) => [one, true] as const),
  ];
  const { account } = frame;
  if (id === '' || (id !== credential(account.credentials, 'page_id') && id !== account.address)) {
    frame.parsed.ignored += Math.max(1, items.length);
    return;
  }
  for (const [item, standby] of items) readItem(asObject(item) ?? {}, { frame, standby });
  // Comments and mentions under posts are no conversation.
  frame.parsed.ignored += asList(entry['changes']).length;
}

interface Item {
  frame: Frame;
  standby: boolean;
}

function readItem(item: JsonObject, at: Item): void {
  const kind = Object.keys(kinds).find((name) => asObject(item[name]));
  // Handovers, opt-ins, account links: nothing was said.
  if (kind === undefined) at.frame.parsed.ignored++;
  else kinds[kind]!(item, asObject(item[kind])!, at);
}

const kinds: Readonly<Record<string, (item: JsonObject, body: JsonObject, at: Item) => void>> = {
  message: (item, body, at) => (body['is_echo'] === true ? readEcho : readMessage)(item, body, at),
  message_edit: readEdit,
  postback: readPostback,
  reaction: readReaction,
  read: (item, body, at) => readWatermark(item, { body, status: 'read' }, at),
  delivery: (item, body, at) => readWatermark(item, { body, status: 'delivered' }, at),
};

function personOf(item: JsonObject, side: 'sender' | 'recipient'): string {
  const id = asText(asObject(item[side])?.['id']);
  if (!/^\d{1,64}$/.test(id)) throw malformed(`messaging: ${side}`);
  return id;
}

/** `content` undefined: nothing was said. */
function say(item: JsonObject, content: Content | undefined, who: { id: string; author: 'contact' | 'human' }, at: Item): void {
  if (!content) {
    at.frame.parsed.ignored++;
    return;
  }
  if (!isProviderId(who.id)) throw malformed('messaging: mid');
  addMessage(at.frame, {
    ...content,
    id: who.id,
    author: who.author,
    customer: personOf(item, who.author === 'human' ? 'recipient' : 'sender'),
    contact: undefined,
    at: timeOfMs(item['timestamp'], at.frame.receivedAt),
    standby: at.standby,
  });
}

function readMessage(item: JsonObject, message: JsonObject, at: Item): void {
  say(item, contentOf(message), { id: asText(message['mid']), author: 'contact' }, at);
}

/**
 * Something went out in our name. Our own sends carry our id as metadata (Messenger) or our app's id: for those the echo is a receipt, whether or not the answer of
 * the send has come. Anything else was written by a colleague in the page's inbox or by another app: a takeover.
 */
function readEcho(item: JsonObject, message: JsonObject, at: Item): void {
  const mid = asText(message['mid']);
  const metadata = asText(message['metadata']);
  const ownApp = credential(at.frame.account.credentials, 'app_id');
  const ours = isId('message', metadata) || (ownApp !== undefined && String(message['app_id']) === ownApp);
  if (!isProviderId(mid)) throw malformed('messaging: mid');
  if (!ours) say(item, contentOf(message), { id: mid, author: 'human' }, at);
  else
    addReceipt(at.frame, {
      provider_message_id: mid,
      status: 'sent',
      occurred_at: timeOfMs(item['timestamp'], at.frame.receivedAt),
      message_id: isId('message', metadata) ? metadata : '',
    });
}

/** The new wording is a message of its own: the AI may have answered the old one already. */
function readEdit(item: JsonObject, edit: JsonObject, at: Item): void {
  const [mid, text] = [asText(edit['mid']), asText(edit['text'])];
  const count = Number(edit['num_edit']);
  const content = text === '' ? undefined : { text, attachments: [], metadata: { type: 'edit', edit_of: clip(mid, 255) } };
  say(item, content, { id: `${mid}:edit:${Number.isInteger(count) ? count : 0}`, author: 'contact' }, at);
}

/** A press on a button or an ice breaker says what stands on it. Older webhooks give it no id of its own. */
function readPostback(item: JsonObject, postback: JsonObject, at: Item): void {
  const payload = asText(postback['payload']);
  const text = asText(postback['title']) || payload;
  const metadata = { type: 'button', ...(payload !== '' && { button_payload: clip(payload, 1024) }), ...referralOf(postback) };
  const id = asText(postback['mid']) || `postback:${personOf(item, 'sender')}:${stampOf(item)}`;
  say(item, text === '' ? undefined : { text, attachments: [], metadata }, { id, author: 'contact' }, at);
}

function readReaction(item: JsonObject, reaction: JsonObject, at: Item): void {
  const to = asText(reaction['mid']);
  const emoji = reaction['action'] === 'react' ? asText(reaction['emoji']) || asText(reaction['reaction']) : '';
  const content = emoji === '' ? undefined : { text: emoji, attachments: [], metadata: { type: 'reaction', reaction_to: clip(to, 255) } };
  say(item, content, { id: clip(`reaction:${personOf(item, 'sender')}:${stampOf(item)}:${to}`, 255), author: 'contact' }, at);
}

/** Everything that had left by then. Ids may stand beside it (deliveries, Instagram's reads), and say the same sooner. */
function readWatermark(item: JsonObject, { body: told, status }: { body: JsonObject; status: 'delivered' | 'read' }, at: Item): void {
  const customer = personOf(item, 'sender');
  const stamp = typeof told['watermark'] === 'number' ? told['watermark'] : item['timestamp'];
  const occurredAt = timeOfMs(stamp, at.frame.receivedAt);
  const ids = [...asList(told['mids']), told['mid']].filter(isProviderId);
  for (const id of ids.slice(0, 100)) addReceipt(at.frame, { provider_message_id: id, status, occurred_at: occurredAt });
  addReceipt(at.frame, {
    // Of its own making, so that one watermark is one receipt everywhere.
    provider_message_id: `until:${customer}:${Date.parse(occurredAt)}`,
    status,
    occurred_at: occurredAt,
    agent_id: at.frame.account.agentId,
    from: customer,
  });
}

function stampOf(item: JsonObject): number {
  const stamp = item['timestamp'];
  if (typeof stamp !== 'number' || !Number.isSafeInteger(stamp)) throw malformed('messaging: timestamp');
  return stamp;
}
