import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../session/session.tsx';
import { keys } from './keys.ts';

/** What the AI said and nobody has sent or dropped yet, newest first. */
export function useSuggestions(conversationId: string) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: keys.suggestions(conversationId),
    queryFn: async () => (await api.listConversationSuggestions({ path: { conversation_id: conversationId } })).suggestions,
  });
  return data ?? [];
}

/** Sends or drops one; the stream brings what became of it. */
export function useSuggestionActions(conversationId: string) {
  const api = useApi();
  const client = useQueryClient();
  const onSettled = () => void client.invalidateQueries({ queryKey: keys.suggestions(conversationId) });
  const send = useMutation({
    // Whoever presses the button sees whether it may not fit any more.
    mutationFn: (suggestion_id: string) => api.sendSuggestion({ path: { suggestion_id }, body: { allow_stale: true } }),
    onSettled,
  });
  const drop = useMutation({ mutationFn: (suggestion_id: string) => api.dropSuggestion({ path: { suggestion_id } }), onSettled });
  return { send, drop };
}
