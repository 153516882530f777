import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { type Api, apiOf } from './client.ts';

/** Who is signed in, and the API as they reach it. */
export interface Session {
  api: Api;
  userId: string | null;
  userName: string | null;
  role: 'owner' | 'operator' | 'viewer';
  workspaceName: string;
  signOut: () => void;
}

interface Value {
  session: Session | undefined;
  signIn: (key: string) => Promise<void>;
}

const Context = createContext<Value>({ session: undefined, signIn: async () => undefined });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session>();
  const signIn = useCallback(async (key: string) => {
    const api = apiOf({ authorization: `Bearer ${key}` });
    await api.listAgents({ query: { page_size: 1 } });
    setSession({ api, userId: null, userName: null, role: 'owner', workspaceName: 'Baton', signOut: () => setSession(undefined) });
  }, []);
  const value = useMemo<Value>(() => ({ session, signIn }), [session, signIn]);
  useEffect(() => {
    const key = keyOfLink();
    // What the link cannot do, the form can.
    if (key !== undefined) signIn(key).catch(() => undefined);
  }, [signIn]);
  return <Context value={value}>{children}</Context>;
}

/** The key in the link that `npm start` prints: behind `#`, which no server is sent, and taken out of the address at once. */
function keyOfLink(): string | undefined {
  const key = /^#key=(\w+)$/.exec(location.hash)?.[1];
  if (key !== undefined) history.replaceState(history.state, '', location.pathname);
  return key;
}

/** Of pages that stand behind the gate. */
export function useSession(): Session {
  const { session } = use(Context);
  if (!session) throw new Error('used outside of a session');
  return session;
}

export function useSigningIn(): Value {
  return use(Context);
}

export function useApi(): Api {
  return useSession().api;
}
