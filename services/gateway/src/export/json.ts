import { conversationJson } from '../wire/conversation.ts';
import { messageJson } from '../wire/message.ts';
import type { ExportFormat, Piece } from './format.ts';

/** One JSON object, so that a file which is cut off is no JSON: complete is what can be parsed. */
export function jsonFormat(withMessages: boolean): ExportFormat {
  const write = conversationWriter(withMessages);
  let count = 0;
  return {
    mediaType: 'application/json; charset=utf-8',
    extension: 'json',
    begin: () => '{"conversations":[',
    pieces: (pieces) => write(pieces, () => (count++ === 0 ? '\n' : ',\n'), ''),
    end: (next) => `\n],"next_cursor":${JSON.stringify(next)}}\n`,
  };
}

/** One conversation a line. */
export function ndjsonFormat(withMessages: boolean): ExportFormat {
  const write = conversationWriter(withMessages);
  return {
    mediaType: 'application/x-ndjson; charset=utf-8',
    extension: 'ndjson',
    begin: () => '',
    pieces: (pieces) => write(pieces, () => '', '\n'),
    end: () => '',
  };
}

/** Writes a conversation over several pieces, since its messages may be more than should be held at once. */
function conversationWriter(withMessages: boolean) {
  let messages = 0;
  return (pieces: Piece[], before: () => string, after: string): string => {
    let text = '';
    for (const piece of pieces) {
      if (piece.conversation) {
        text += before() + JSON.stringify(conversationJson(piece.conversation)).slice(0, -1) + (withMessages ? ',"messages":[' : '');
        messages = 0;
      }
      for (const message of piece.messages) text += (messages++ === 0 ? '' : ',') + JSON.stringify(messageJson(message));
      if (piece.cursor !== undefined) text += `${withMessages ? ']' : ''},"cursor":${JSON.stringify(piece.cursor)}}${after}`;
    }
    return text;
  };
}
