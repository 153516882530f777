import { Navigate } from '@tanstack/react-router';
import { paths } from '../app/paths.ts';
import { SessionGate } from './gate.tsx';

/** The address of the one-time link; whoever is signed in goes on to the inbox. */
export function SignInPage() {
  return (
    <SessionGate>
      <Navigate to={paths.inbox} search={{ view: 'all' }} replace />
    </SessionGate>
  );
}
