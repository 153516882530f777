import { WifiOff } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { useSigningIn } from './session.tsx';
import { SignIn } from './sign-in.tsx';

/** Shows the console to who is signed in, and to everybody else the sign-in, at the same address: they come back to where they were. */
export function SessionGate({ children }: { children: ReactNode }) {
  const t = useTexts();
  const { session, absence, askAgain } = useSigningIn();
  // Nothing of one person is there for the next.
  if (session) return <Fragment key={session.userId}>{children}</Fragment>;
  if (absence === 'asking') return <main aria-busy="true" aria-label={t.app.loading} className="h-full bg-side" />;
  if (absence !== 'unreachable') return <SignIn absence={absence} />;
  return (
    <main className="h-full">
      <Empty icon={WifiOff} title={t.errors.offline}>
        <Button onClick={askAgain}>{t.app.retry}</Button>
      </Empty>
    </main>
  );
}
