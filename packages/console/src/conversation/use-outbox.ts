import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { keys } from '../data/keys.ts';
import { addSent, type MessagePages } from '../live/apply-to-messages.ts';
import { useApi } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { sayError } from './errors.ts';
import type { Drain } from './use-actions.ts';

/** A text that Baton has not confirmed yet. */
export interface Posting {
  /** Also the idempotency key: however often it is tried, it becomes one message. */
  key: string;
  text: string;
  /** The newest message that was known then: what it becomes is newer. */
  after: number;
  error: string | undefined;
}

/** Sends as a person. What is on its way is shown as that, and becomes a message only when Baton has it. */
export function useOutbox(conversationId: string) {
  const api = useApi();
  const client = useQueryClient();
  const t = useTexts();
  const [postings, setPostings] = useState<Posting[]>([]);
  const post = useCallback(
    async (posting: Posting) => {
      setPostings((all) => [...all.filter(({ key }) => key !== posting.key), { ...posting, error: undefined }]);
      try {
        const path = { conversation_id: conversationId };
        const sent = await api.sendMessage({ path, body: { body: posting.text } }, { idempotencyKey: posting.key });
        const { takeover, message_ids: _, ...message } = sent;
        client.setQueryData<MessagePages>(keys.messages(conversationId), (pages) => pages && addSent(pages, message));
        if (takeover?.changed) {
          const drain: Drain = { epoch: takeover.mode_epoch, inFlight: takeover.in_flight.map(({ message_id }) => message_id) };
          client.setQueryData(keys.takeover(conversationId), drain);
        }
        setPostings((all) => all.filter(({ key }) => key !== posting.key));
        return true;
      } catch (error) {
        setPostings((all) => all.map((one) => (one.key === posting.key ? { ...one, error: sayError(error, t) } : one)));
        return false;
      }
    },
    [api, client, conversationId, t],
  );
  const send = (text: string) => {
    const newest = client.getQueryData<MessagePages>(keys.messages(conversationId))?.pages[0]?.messages[0];
    return post({ key: newKey(), text, after: newest?.sequence ?? 0, error: undefined });
  };
  const drop = (key: string) => setPostings((all) => all.filter((one) => one.key !== key));
  return { postings, send, retry: post, drop };
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
