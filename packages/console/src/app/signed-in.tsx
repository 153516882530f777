import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { LiveProvider } from '../live/live.tsx';
import { SessionGate } from '../session/gate.tsx';
import { useSession } from '../session/session.tsx';
import { Shell } from './shell.tsx';

export function SignedIn() {
  return (
    <SessionGate>
      <Workspace />
    </SessionGate>
  );
}

function Workspace() {
  const session = useSession();
  // Of this session alone: what one person has seen is not there for the next.
  const [client] = useState(newClient);
  return (
    <QueryClientProvider client={client} key={session.userId}>
      <LiveProvider>
        <Shell>
          <Outlet />
        </Shell>
      </LiveProvider>
    </QueryClientProvider>
  );
}

/** Nothing grows old by itself: the stream says what changes, and after a gap everything is asked for anew. The SDK repeats what may be repeated. */
function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, gcTime: 120_000, retry: false, refetchOnWindowFocus: false } },
  });
}
