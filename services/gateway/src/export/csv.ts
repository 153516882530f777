import type { Conversation as WireConversation, Message as WireMessage } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { stringify } from 'csv-stringify/sync';
import { conversationJson } from '../wire/conversation.ts';
import { messageJson } from '../wire/message.ts';
import type { ExportFormat } from './format.ts';

type Cell = string | number | boolean | null;

const conversationColumns = [
  ...['conversation_id', 'agent_id', 'channel', 'from_number', 'to_number'],
  ...['contact_id', 'contact_name', 'contact_phone', 'contact_email', 'contact_attributes'],
  ...[
    'ai_mode',
    'mode_epoch',
    'status',
    'subject',
    'tags',
    'needs_handoff',
    'unread',
    'opt_out',
    'window_expires_at',
    'takeover_expires_at',
  ],
  ...[
    'message_count',
    'last_message_preview',
    'last_message_at',
    'created_at',
    'updated_at',
    'closed_at',
    'previous_conversation_id',
    'metadata',
  ],
] as const;

const messageColumns = [
  ...['message_id', 'sequence', 'direction', 'author', 'sender_name', 'text', 'attachments', 'message_status', 'error_code', 'segments'],
  ...['provider_message_id', 'dispatch_id', 'message_created_at', 'sent_at', 'delivered_at', 'read_at'],
] as const;

/**
 * A row for each conversation or, with messages, for each message. By RFC 4180; cells that a spreadsheet would take for a formula begin with an apostrophe (OWASP,
 * CSV injection), phone numbers with their plus among them: programs take another format. The column `cursor` names the place behind the last complete conversation.
 */
export function csvFormat(withMessages: boolean, byteOrderMark: boolean): ExportFormat {
  const columns = [...conversationColumns, ...(withMessages ? messageColumns : []), 'cursor'];
  let conversation: Cell[] = [];
  let told = 0;
  let cursor = '';
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    begin: () => (byteOrderMark ? '\ufeff' : '') + lines([columns]),
    pieces: (pieces) => {
      const rows: Cell[][] = [];
      for (const piece of pieces) {
        if (piece.conversation) [conversation, told] = [conversationCells(piece.conversation), 0];
        for (const [i, message] of piece.messages.entries()) {
          if (piece.cursor !== undefined && i === piece.messages.length - 1) cursor = piece.cursor;
          rows.push([...conversation, ...messageCells(message), cursor]);
          told++;
        }
        if (piece.cursor === undefined) continue;
        cursor = piece.cursor;
        if (told === 0) rows.push([...conversation, ...(withMessages ? messageColumns.map(() => null) : []), cursor]);
      }
      return lines(rows);
    },
    end: () => '',
  };
}

function lines(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows as Cell[][], {
    escape_formulas: true,
    record_delimiter: 'windows',
    // By itself the library quotes only whole line ends.
    quoted_match: /[\r\n\t]/,
    cast: { boolean: (value) => String(value), number: (value) => String(value) },
  });
}

function conversationCells(given: WireConversation): Cell[] {
  const { contact, tags, metadata, ...plain } = conversationJson(given);
  const cells: Record<(typeof conversationColumns)[number], Cell> = {
    ...plain,
    contact_id: contact?.contact_id ?? null,
    contact_name: contact?.name ?? null,
    contact_phone: contact?.phone ?? null,
    contact_email: contact?.email ?? null,
    contact_attributes: jsonCell(contact?.attributes ?? {}),
    tags: tags.join('; '),
    metadata: jsonCell(metadata),
  };
  return conversationColumns.map((name) => cells[name]);
}

function messageCells(given: WireMessage): Cell[] {
  const { status, error, attachments, created_at, ...plain } = messageJson(given);
  const cells: Record<(typeof messageColumns)[number], Cell> = {
    ...plain,
    message_status: status,
    error_code: error?.code ?? null,
    message_created_at: created_at,
    attachments: attachments.map((one) => one.url).join(' '),
  };
  return messageColumns.map((name) => cells[name]);
}

const jsonCell = (value: object): string | null => (Object.keys(value).length === 0 ? null : JSON.stringify(value));
