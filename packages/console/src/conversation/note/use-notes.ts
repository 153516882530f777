import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { keys } from '../../data/keys.ts';
import type { Note } from '../../data/types.ts';
import { useApi, useSession } from '../../session/session.tsx';

/** What people have noted for each other, newest first. */
export function useNotes(conversationId: string): readonly Note[] {
  const api = useApi();
  const { data } = useQuery({
    queryKey: keys.notes(conversationId),
    queryFn: async () => (await api.listNotes({ path: { conversation_id: conversationId }, query: { page_size: 250 } })).notes,
  });
  return data ?? none;
}

const none: readonly Note[] = [];

export function useNoteActions(conversationId: string) {
  const api = useApi();
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: keys.notes(conversationId) });
  const at = (note_id: string) => ({ conversation_id: conversationId, note_id });
  const add = useMutation({
    mutationFn: (text: string) => api.createNote({ path: { conversation_id: conversationId }, body: { text } }),
    onSuccess,
  });
  const change = useMutation({
    mutationFn: ({ id, text }: { id: string; text: string }) => api.updateNote({ path: at(id), body: { text } }),
    onSuccess,
  });
  const remove = useMutation({ mutationFn: (id: string) => api.deleteNote({ path: at(id) }), onSuccess });
  return { add, change, remove };
}

/** A note is its author's to change, and an owner's: `administers` (services/gateway/src/handlers/notes/administers.ts). */
export function useMayChange(note: Note): boolean {
  const { userId, role } = useSession();
  return role === 'owner' || (role !== 'viewer' && note.author_kind === 'user' && note.author_id === userId);
}
