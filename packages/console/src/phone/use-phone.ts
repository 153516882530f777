import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useLiveEvents } from '../live/live.tsx';
import { useTexts } from '../texts/texts.tsx';
import { IngestRefused, type Phone, type PhonePost, post, received } from './ingest.ts';

export interface Line {
  id: string;
  text: string;
  at: string;
  own: boolean;
  attachments: { url: string; content_type?: string; name?: string }[];
}

/** One customer's phone: what it has sent from here, and what has reached it. Receipts on the stream say when to look anew. */
export function usePhone(phone: Phone) {
  const t = useTexts();
  const client = useQueryClient();
  const key = ['phone', phone.url, phone.number] as const;
  const { data: arrived = [] } = useQuery({ queryKey: key, queryFn: () => received(phone) });
  const { data: sent = [] } = useQuery<PhonePost[]>({ queryKey: [...key, 'sent'], queryFn: () => [], gcTime: Number.POSITIVE_INFINITY });
  const [error, setError] = useState<string>();
  useLiveEvents(
    useCallback(
      (events: readonly BatonEvent[]) => {
        if (events.some((event) => reaches(event, phone.number)))
          void client.invalidateQueries({ queryKey: ['phone', phone.url, phone.number], exact: true });
      },
      [client, phone.number, phone.url],
    ),
  );
  const send = async (requests: PhonePost[][]) => {
    setError(undefined);
    try {
      for (const request of requests) {
        await post(phone, request);
        client.setQueryData<PhonePost[]>([...key, 'sent'], (before = []) => [
          ...before,
          ...request.filter(({ id }) => !before.some((one) => one.id === id)),
        ]);
      }
    } catch (problem) {
      setError(problem instanceof IngestRefused ? t.phone.refused(problem.status) : t.phone.unreachable);
    }
  };
  const lines: Line[] = [
    ...sent.map(({ id, text, at, attachments = [] }) => ({ id, text, at: at.toISOString(), own: true, attachments })),
    ...arrived.map(({ id, text, sent_at, attachments }) => ({ id, text, at: sent_at, own: false, attachments })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return { lines, send, error, last: sent.at(-1) };
}

function reaches(event: BatonEvent, number: string): boolean {
  return (event.event_type === 'message.sent' || event.event_type === 'message.delivered') && event.payload.from_number === number;
}
