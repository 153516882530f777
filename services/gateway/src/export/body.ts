import { Readable } from 'node:stream';
import type { ExportConversationsResponse } from '@baton/contracts/gen/baton/conversation/v1/export_service.ts';
import type { ExportFormat, Piece } from './format.ts';

export interface ExportSource {
  /** Already asked for: what was refused is then a proper answer. */
  first: IteratorResult<ExportConversationsResponse, void>;
  rest: AsyncGenerator<ExportConversationsResponse, void, void>;
  /** Ends the call, also while a part is being waited for. */
  gone: AbortController;
  signCursor(cursor: string): string;
  /** A reader that takes nothing for so long is cut off. */
  stallMs: number;
}

/**
 * The body of an export: asks for a part when the one before has been taken, so there is never more of it here. Fails rather than ends when something breaks:
 * the connection is then cut, and nobody takes the file for complete.
 */
export function exportBody(format: ExportFormat, source: ExportSource): Readable {
  const body = Readable.from(
    text(format, source, () => {
      source.gone.abort();
      body.destroy(new Error('The reader has taken nothing for too long.'));
    }),
    { objectMode: false, highWaterMark: 64 * 1024 },
  );
  return body;
}

async function* text(format: ExportFormat, source: ExportSource, cutOff: () => void): AsyncGenerator<string, void, void> {
  let last: string | null = null;
  let hasMore = false;
  let timer: NodeJS.Timeout | undefined;
  try {
    let begun = format.begin();
    for (let part = source.first; !part.done; part = await source.rest.next()) {
      const pieces = part.value.conversations.map(
        (one): Piece => ({ ...one, cursor: one.cursor === '' ? undefined : source.signCursor(one.cursor) }),
      );
      last = pieces.findLast((piece) => piece.cursor !== undefined)?.cursor ?? last;
      ({ hasMore } = part.value);
      const written = begun + format.pieces(pieces);
      begun = '';
      if (written === '') continue;
      timer = setTimeout(cutOff, source.stallMs);
      yield written;
      clearTimeout(timer);
    }
    yield begun + format.end(hasMore ? last : null);
  } finally {
    clearTimeout(timer);
    await source.rest.return();
  }
}
