import type { ReactNode } from 'react';
import { useSigningIn } from './session.tsx';
import { SignIn } from './sign-in.tsx';

/** Shows the console to who is signed in, and the sign-in to everybody else. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { session, signIn } = useSigningIn();
  return session ? children : <SignIn signIn={signIn} />;
}
