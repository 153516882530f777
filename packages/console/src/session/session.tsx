import { createContext, type ReactNode, use, useMemo, useState } from 'react';
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
  const value = useMemo<Value>(
    () => ({
      session,
      signIn: async (key) => {
        const api = apiOf({ authorization: `Bearer ${key}` });
        await api.listAgents({ query: { page_size: 1 } });
        setSession({ api, userId: null, userName: null, role: 'owner', workspaceName: 'Baton', signOut: () => setSession(undefined) });
      },
    }),
    [session],
  );
  return <Context value={value}>{children}</Context>;
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
