import type { ExportedConversation } from '@baton/contracts/gen/baton/conversation/v1/export_service.ts';

/** What came of an export, its cursor as the one that is shown outside. */
export type Piece = Omit<ExportedConversation, 'cursor'> & { cursor: string | undefined };

/** One way to write an export down, piece by piece. */
export interface ExportFormat {
  mediaType: string;
  extension: string;
  begin(): string;
  pieces(pieces: Piece[]): string;
  /** `next`: where to go on when the limit was reached. */
  end(next: string | null): string;
}
