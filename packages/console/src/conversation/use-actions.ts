import { useMutation, useQueryClient } from '@tanstack/react-query';
import { keys } from '../data/keys.ts';
import type { Conversation } from '../data/types.ts';
import { useApi } from '../session/session.tsx';

/** What a takeover has told us of AI messages that may still arrive. */
export interface Drain {
  epoch: number;
  inFlight: string[];
}

/** Who answers: nothing is shown as changed before Baton has said so. The mode a person saw goes along, so that of two at once the later is told. */
export function useModeActions(conversation: Conversation) {
  const api = useApi();
  const client = useQueryClient();
  const path = { conversation_id: conversation.conversation_id };
  const headers = { 'if-match': `"${conversation.mode_epoch}"` };
  const settle = (answer: Conversation & { in_flight?: { message_id: string }[] | undefined }) => {
    const { in_flight, ...row } = answer;
    client.setQueryData<Conversation>(keys.conversation(row.conversation_id), (before) => (before ? { ...before, ...row } : before));
    void client.invalidateQueries({ queryKey: keys.history(row.conversation_id) });
    if (row.ai_mode !== 'ai')
      client.setQueryData<Drain>(keys.takeover(row.conversation_id), {
        epoch: row.mode_epoch,
        inFlight: in_flight?.map(({ message_id }) => message_id) ?? [],
      });
  };
  const takeOver = useMutation({
    mutationFn: () => api.updateConversation({ path, headers, body: { ai_mode: 'human' } }),
    onSuccess: settle,
  });
  const giveBack = useMutation({
    mutationFn: (dispatch_pending: boolean) => api.resumeAi({ path, headers, body: { dispatch_pending } }),
    onSuccess: settle,
  });
  const close = useMutation({
    mutationFn: () => api.updateConversation({ path, headers, body: { ai_mode: 'closed' } }),
    onSuccess: settle,
  });
  const update = useMutation({
    mutationFn: (body: { needs_handoff?: boolean; tags?: string[] }) => api.updateConversation({ path, body }),
    onSuccess: (answer) => {
      client.setQueryData<Conversation>(keys.conversation(answer.conversation_id), (before) =>
        before ? { ...before, ...answer } : before,
      );
      void client.invalidateQueries({ queryKey: keys.tags });
    },
  });
  return { takeOver, giveBack, close, update };
}
