import type { Turn, TurnMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { marks } from './prompt.ts';

export type Part = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };

export interface HistoryMessage {
  role: 'user' | 'assistant';
  content: string | Part[];
}

/**
 * The conversation as the model is shown it, oldest first. Of two neighbours of one role one message is made: some models' templates insist that roles take
 * turns. `tokens`: only the newest messages that fit, but always those that are to be answered.
 */
export function historyOf(turn: Turn, o: { tokens: number | null; imageUrls: boolean }): HistoryMessage[] {
  const fresh = new Set(turn.newMessageIds);
  const shown: HistoryMessage[] = [];
  let left = o.tokens ?? Number.POSITIVE_INFINITY;
  for (const message of turn.messages.toReversed()) {
    const one = show(message, o.imageUrls);
    if (!one) continue;
    left -= estimateTokens(one);
    if (left < 0 && !fresh.has(message.messageId)) break;
    shown.push(one);
  }
  return joined(shown.reverse());
}

/**
 * Tokens of a message, estimated: a token for every three bytes of UTF-8 (English has about four, Chinese about three, so it is rather too many than too few),
 * four for the frame of a message, 1,000 for an image. A tokenizer of one vendor would be wrong for every other.
 */
export function estimateTokens({ content }: HistoryMessage): number {
  const parts: Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return parts.reduce((sum, part) => sum + (part.type === 'text' ? Math.ceil(Buffer.byteLength(part.text) / 3) : 1000), 4);
}

function show(message: TurnMessage, imageUrls: boolean): HistoryMessage | undefined {
  const images = imageUrls && message.role === 'user' ? message.attachments.filter(isImage) : [];
  const mentions = message.attachments.filter((file) => !images.includes(file)).map(mention);
  const mark = message.role === 'operator' ? marks.operator : message.role === 'system' ? marks.system : '';
  const text = [mark, message.text, ...mentions].filter((part) => part !== '').join(' ');
  const role = message.role === 'user' ? 'user' : 'assistant';
  if (images.length === 0) return text === '' ? undefined : { role, content: text };
  return { role, content: [...textPart(text), ...images.map(({ url }): Part => ({ type: 'image_url', image_url: { url } }))] };
}

type File = TurnMessage['attachments'][number];

/** The formats that vision models take by URL. */
function isImage({ contentType, url }: File): boolean {
  return /^image\/(jpeg|png|gif|webp)\b/i.test(contentType) && url.startsWith('https://');
}

function mention({ name, contentType }: File): string {
  const what = [name, contentType].filter((word) => word !== '').join(', ');
  return `[file: ${what.slice(0, 200) || 'unknown'}]`;
}

function textPart(text: string): Part[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function joined(messages: HistoryMessage[]): HistoryMessage[] {
  const out: HistoryMessage[] = [];
  for (const one of messages) {
    const last = out.at(-1);
    if (last?.role === one.role) last.content = join(last.content, one.content);
    else out.push({ ...one });
  }
  return out;
}

function join(a: HistoryMessage['content'], b: HistoryMessage['content']): HistoryMessage['content'] {
  if (typeof a === 'string' && typeof b === 'string') return `${a}\n\n${b}`;
  return [a, b].flatMap((content) => (typeof content === 'string' ? textPart(content) : content));
}
