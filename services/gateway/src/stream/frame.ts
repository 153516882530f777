import { publicEventTypes } from '@baton/contracts/events.ts';
import { againHeader } from '@baton/contracts/subjects.ts';
import type { JsMsg } from '@nats-io/jetstream';
import { formatPosition, type Position } from '../domain/position.ts';

/** One event as it goes out to every reader: serialised once. */
export interface Frame {
  sequence: number;
  workspaceId: string;
  conversationId: string;
  /** Dedup id of the event. */
  eventId: string;
  bytes: Buffer;
  /** Only parsed out of the event when somebody filters by it. */
  agentId: () => string;
}

const known: ReadonlySet<string> = new Set(publicEventTypes);
const newline = 0x0a;

/**
 * The frame of a message of the EVENTS stream; undefined for what is none of the outside's business, and for what a lost stream is filled with again: who
 * read the old one was told of the gap, and is not told everything anew.
 */
export function frameOf(message: JsMsg, incarnation: number): Frame | undefined {
  if (message.headers?.has(againHeader)) return undefined;
  // `<two-word type>.<partition>.<workspace>.<conversation>`
  const [area, fact, , workspaceId, conversationId, ...more] = message.subject.split('.');
  if (!known.has(`${area}.${fact}`) || workspaceId === undefined || conversationId === undefined || more.length > 0) return undefined;
  const sequence = message.seq;
  // A line break would end the frame's data early; JSON never needs one.
  const data = message.data.includes(newline) ? Buffer.from(JSON.stringify(message.json())) : message.data;
  let agentId: string | undefined;
  return {
    sequence,
    workspaceId,
    conversationId,
    eventId: message.headers?.get('Nats-Msg-Id') || `${incarnation}-${sequence}`,
    bytes: Buffer.concat([Buffer.from(`id: ${formatPosition({ incarnation, sequence })}\ndata: `), data, Buffer.from('\n\n')]),
    agentId: () => {
      agentId ??= String(message.json<{ agent_id?: string }>().agent_id);
      return agentId;
    },
  };
}

/** A place without an event: who is cut off before the first event goes on from here as well. */
export function placeFrame(position: Position): Buffer {
  return Buffer.from(`id: ${formatPosition(position)}\n\n`);
}

/** What is said about the stream itself, in the shape of an event. */
export interface Notice {
  eventId: string;
  workspaceId: string;
  conversationId: string | undefined;
  timestamp: Date;
  /** Where reading goes on; without it the reader's own last position stays what it is. */
  id?: string;
}

/** `stream.gap`: events between the reader's position and `id` are lost to it. It should load what it shows anew. */
export function gapFrame(notice: Notice, reason: string): Buffer {
  return noticeFrame(notice, 'stream.gap', { reason });
}

/** `stream.overflow`: the reader was too slow and is cut off; it loses nothing when it comes back with its last id. */
export function overflowFrame(notice: Notice): Buffer {
  return noticeFrame(notice, 'stream.overflow', { reason: 'reader_too_slow' });
}

function noticeFrame(notice: Notice, type: string, payload: Record<string, string>): Buffer {
  const event = {
    event_id: notice.eventId,
    event_type: type,
    workspace_id: notice.workspaceId,
    agent_id: null,
    channel: null,
    conversation_id: notice.conversationId ?? null,
    sequence: 0,
    timestamp: notice.timestamp.toISOString(),
    payload,
  };
  return Buffer.from(`${notice.id === undefined ? '' : `id: ${notice.id}\n`}data: ${JSON.stringify(event)}\n\n`);
}
