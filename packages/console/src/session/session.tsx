import { BatonApiError } from '@baton/sdk/errors.ts';
import type { Answer } from '@baton/sdk/operations.ts';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { paths } from '../app/paths.ts';
import { type Api, apiOf, signInApi } from './client.ts';
import { tokenOfLink } from './link.ts';

/** Who is signed in, and the API as they reach it. */
export interface Session {
  id: string;
  api: Api;
  userId: string;
  userName: string;
  email: string;
  role: 'owner' | 'operator' | 'viewer';
  hasPassword: boolean;
  workspaceName: string;
  signOut: () => void;
  /** Takes the place of the session: it began anew, by the person's own doing. */
  renew: (answer: SessionAnswer) => void;
}

export type SessionAnswer = Answer<'getCurrentSession'>;

/** Why nobody is signed in. `asking`: it is not known yet. */
export type Absence = 'asking' | 'signed_out' | 'ended' | 'link_used' | 'unreachable';

interface Value {
  session: Session | undefined;
  absence: Absence;
  /** With the answer of what has signed somebody in. */
  enter: (answer: SessionAnswer) => void;
  askAgain: () => void;
}

const Context = createContext<Value>({ session: undefined, absence: 'asking', enter: () => undefined, askAgain: () => undefined });

/** Begun once, when the page is loaded: a link counts for one use. */
const first = location.pathname === paths.signIn ? begin() : signInApi.getCurrentSession();
first.catch(() => undefined);

async function begin(): Promise<SessionAnswer> {
  const token = tokenOfLink();
  return token === undefined
    ? signInApi.getCurrentSession()
    : signInApi.createSession({ body: { one_time_token: token } }).catch(refuseLink);
}

class LinkUsed extends Error {}

/** The link is used up or too old; whoever is signed in already stays so. */
async function refuseLink(error: unknown): Promise<SessionAnswer> {
  if (!isRefusal(error)) throw error;
  return signInApi.getCurrentSession().catch((other: unknown) => {
    throw isRefusal(other) ? new LinkUsed() : other;
  });
}

const isRefusal = (error: unknown) => error instanceof BatonApiError && error.status === 401;

function absenceOf(error: unknown): Absence {
  if (error instanceof LinkUsed) return 'link_used';
  return isRefusal(error) ? 'signed_out' : 'unreachable';
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [answer, setAnswer] = useState<SessionAnswer>();
  const [absence, setAbsence] = useState<Absence>('asking');
  const csrf = useRef('');
  const enter = useCallback((given: SessionAnswer) => {
    csrf.current = given.csrf_token;
    setAnswer((known) => (known?.session_id === given.session_id && known.role === given.role ? known : given));
  }, []);
  const leave = useCallback((why: Absence) => {
    setAnswer(undefined);
    setAbsence(why);
  }, []);
  const ask = useCallback(
    (asked: Promise<SessionAnswer>) => {
      asked.then(enter, (error: unknown) => leave(absenceOf(error)));
    },
    [enter, leave],
  );
  useEffect(() => ask(first), [ask]);
  useEffect(() => {
    if (!answer) return;
    // Another tab may have signed in or out meanwhile. Without an answer nothing is known, and nothing changes.
    const look = () => {
      if (document.visibilityState !== 'visible') return;
      signInApi.getCurrentSession().then(enter, (error: unknown) => isRefusal(error) && leave('ended'));
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [answer, enter, leave]);
  const session = useMemo(
    () => answer && sessionOf(answer, { csrfToken: () => csrf.current, leave, renew: enter }),
    [answer, leave, enter],
  );
  const askAgain = useCallback(() => ask(signInApi.getCurrentSession()), [ask]);
  const value = useMemo<Value>(() => ({ session, absence, enter, askAgain }), [session, absence, enter, askAgain]);
  return <Context value={value}>{children}</Context>;
}

function sessionOf(
  answer: SessionAnswer,
  o: { csrfToken: () => string; leave: (why: Absence) => void; renew: (answer: SessionAnswer) => void },
): Session {
  const api = apiOf(o, () => o.leave('ended'));
  const { user, workspace } = answer;
  return {
    id: answer.session_id,
    api,
    userId: user.user_id,
    userName: user.display_name,
    email: user.email,
    role: answer.role,
    hasPassword: user.has_password,
    workspaceName: workspace.name ?? 'Baton',
    // Signed out here, whatever comes of it there.
    signOut: () =>
      void api
        .deleteCurrentSession()
        .catch(() => undefined)
        .then(() => o.leave('signed_out')),
    renew: o.renew,
  };
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
