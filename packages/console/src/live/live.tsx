import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { createContext, type ReactNode, use, useEffect, useRef, useState } from 'react';
import { keys } from '../data/keys.ts';
import { useSession } from '../session/session.tsx';
import { fetchUnknown } from './fetch-unknown.ts';
import { followWorkspace, type LinkState } from './stream.ts';
import { updateCache } from './update-cache.ts';

type Listener = (events: readonly BatonEvent[]) => void;

const Context = createContext<LinkState>('connecting');
const Listeners = createContext<Set<Listener>>(new Set());

/** Keeps what is shown up to date, for as long as it stands in the page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { api, userId: me } = useSession();
  const client = useQueryClient();
  const [state, setState] = useState<LinkState>('connecting');
  const { conversationId } = useParams({ strict: false });
  const [listeners] = useState(() => new Set<Listener>());
  const open = useRef(conversationId);
  useEffect(() => {
    open.current = conversationId;
  }, [conversationId]);
  useEffect(() => {
    const stop = new AbortController();
    const waiting = new Set<string>();
    let counting: ReturnType<typeof setTimeout> | undefined;
    let fetching: ReturnType<typeof setTimeout> | undefined;
    // Counts and unknown rows cost a request each: once for all that happens within a moment.
    const recount = () => {
      counting ??= setTimeout(() => {
        counting = undefined;
        void client.invalidateQueries({ queryKey: keys.allCounts });
      }, 1500);
    };
    const fetchSoon = () => {
      fetching ??= setTimeout(() => {
        fetching = undefined;
        const ids = new Set(waiting);
        waiting.clear();
        void fetchUnknown({ api, client, me }, ids);
      }, 100);
    };
    void followWorkspace({
      api,
      signal: stop.signal,
      onState: setState,
      onGap: () => void client.invalidateQueries(),
      onEvents: (events) => {
        for (const id of updateCache(client, events, { openId: open.current, me })) waiting.add(id);
        for (const listener of listeners) listener(events);
        if (waiting.size > 0) fetchSoon();
        if (events.some(({ event_type }) => event_type.startsWith('conversation.') || event_type === 'message.received')) recount();
      },
    });
    return () => {
      stop.abort();
      clearTimeout(counting);
      clearTimeout(fetching);
    };
  }, [api, client, me, listeners]);
  return (
    <Context value={state}>
      <Listeners value={listeners}>{children}</Listeners>
    </Context>
  );
}

export function useLinkState(): LinkState {
  return use(Context);
}

/** Hands over what happens, for what is not kept in the cache. */
export function useLiveEvents(listener: Listener): void {
  const listeners = use(Listeners);
  useEffect(() => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listeners, listener]);
}
