import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useLiveEvents } from '../live/live.tsx';
import { useTexts } from '../texts/texts.tsx';
import { ask, IngestRefused, type Phone, type PhonePost, post, received } from './ingest.ts';
import { type WayBack, wayBack } from './trouble.ts';

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
        if (events.some((event) => isOver(event, phone.number))) setExpected(undefined);
        if (events.some((event) => reaches(event, phone.number)))
          void client.invalidateQueries({ queryKey: ['phone', phone.url, phone.number], exact: true });
      },
      [client, phone.number, phone.url],
    ),
  );
  const [expected, setExpected] = useState<WayBack>();
  const attempt = async (work: () => Promise<void>) => {
    setError(undefined);
    try {
      await work();
    } catch (problem) {
      setError(problem instanceof IngestRefused ? t.phone.refused(problem.status) : t.phone.unreachable);
    }
  };
  const expect = (trouble: WayBack) =>
    attempt(async () => {
      await ask(phone, wayBack[trouble]);
      setExpected(trouble);
    });
  const send = (requests: PhonePost[][]) =>
    attempt(async () => {
      for (const request of requests) {
        await post(phone, request);
        client.setQueryData<PhonePost[]>([...key, 'sent'], (before = []) => [
          ...before,
          ...request.filter(({ id }) => !before.some((one) => one.id === id)),
        ]);
      }
    });
  const lines: Line[] = [
    ...sent.map(({ id, text, at, attachments = [] }) => ({ id, text, at: at.toISOString(), own: true, attachments })),
    ...arrived.map(({ id, text, sent_at, attachments }) => ({ id, text, at: sent_at, own: false, attachments })),
  ].sort((a, b) => a.at.localeCompare(b.at));
  return { lines, send, expect, expected, error, last: sent.at(-1) };
}

function reaches(event: BatonEvent, number: string): boolean {
  return (event.event_type === 'message.sent' || event.event_type === 'message.delivered') && event.payload.from_number === number;
}

/** What was asked for has happened to the next message. */
function isOver(event: BatonEvent, number: string): boolean {
  return (event.event_type === 'message.sent' || event.event_type === 'message.failed') && event.payload.from_number === number;
}
