import type { ListNotesRequest, ListNotesResponse } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { listNotes } from '../../store/inbox/notes.ts';
import type { Store } from '../../store/store.ts';
import { noteToWire } from '../../wire/inbox/note.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListNotes({ store }: { store: Store }, request: ListNotesRequest): Promise<ListNotesResponse> {
  const { conversationId, cursor } = request;
  const found = await listNotes(store, request.workspaceId, { conversationId, cursor, size: pageSize(request.pageSize) });
  return { notes: found.rows.map(noteToWire), nextCursor: found.next };
}
