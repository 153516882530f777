import type { FormEvent, ReactNode } from 'react';
import { Logo } from '../ui/logo.tsx';

interface Props {
  title: string;
  submit: (data: FormData) => void;
  children: ReactNode;
}

/** The form of a page that nobody has to be signed in for. */
export function SignInCard({ title, submit, children }: Props) {
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
      </form>
    </main>
  );
}
