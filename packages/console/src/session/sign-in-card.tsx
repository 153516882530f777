import type { FormEvent, ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Logo } from '../ui/logo.tsx';
import { Notice } from '../ui/notice.tsx';

interface Props {
  title: string;
  submit: (data: FormData) => void;
  /** On the button. */
  action: string;
  working: boolean;
  problem: string | undefined;
  children: ReactNode;
  /** Below the button. */
  instead?: ReactNode;
}

/** The form of a page that nobody has to be signed in for. */
export function SignInCard({ title, submit, action, working, problem, children, instead }: Props) {
  const t = useTexts();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    submit(new FormData(event.currentTarget));
  };
  return (
    <main className="flex min-h-full items-center justify-center bg-side p-4">
      <form onSubmit={onSubmit} className="flex w-full max-w-sm flex-col gap-4 rounded-xl border border-line bg-raised p-8 shadow-pop">
        <Logo size={36} />
        <h1 className="text-lg font-semibold">{title}</h1>
        {children}
        {problem !== undefined && (
          <Notice tone="danger" live>
            {problem}
          </Notice>
        )}
        <Button type="submit" look="primary" disabled={working}>
          {working ? t.signIn.working : action}
        </Button>
        {instead}
      </form>
    </main>
  );
}
