import { type FormEvent, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Field, inputLook } from '../ui/field.tsx';
import { Logo } from '../ui/logo.tsx';

export function SignIn({ signIn }: { signIn: (key: string) => Promise<void> }) {
  const t = useTexts();
  const [state, setState] = useState<'idle' | 'working' | 'refused'>('idle');
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get('key')).trim();
    setState('working');
    try {
      await signIn(key);
    } catch {
      setState('refused');
    }
  };
  return (
    <main className="flex min-h-full items-center justify-center bg-side p-4">
      <form onSubmit={submit} className="flex w-full max-w-sm flex-col gap-4 rounded-xl border border-line bg-raised p-8 shadow-pop">
        <Logo size={36} />
        <h1 className="text-lg font-semibold">{t.signIn.title}</h1>
        <Field label={t.signIn.key} hint={t.signIn.keyHint} {...(state === 'refused' && { error: t.signIn.refused })}>
          {(given) => <input {...given} name="key" type="password" required autoComplete="off" className={inputLook} />}
        </Field>
        <Button type="submit" look="primary" disabled={state === 'working'}>
          {state === 'working' ? t.signIn.working : t.signIn.submit}
        </Button>
      </form>
    </main>
  );
}
