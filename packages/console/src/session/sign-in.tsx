import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Field, inputLook } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { signInApi } from './client.ts';
import type { Absence } from './session.tsx';
import { SignInCard } from './sign-in-card.tsx';
import { useSigningInBy } from './use-signing-in-by.ts';

export function SignIn({ absence }: { absence: Absence }) {
  const t = useTexts();
  const s = t.signIn;
  const { run, working, problem } = useSigningInBy(
    (data: FormData) =>
      signInApi.createSession({ body: { email: String(data.get('email')).trim(), password: String(data.get('password')) } }),
    s.refused,
  );
  const why = absence === 'ended' ? s.ended : absence === 'link_used' ? s.linkUsed : undefined;
  return (
    <SignInCard title={s.title} submit={(data) => void run(data)}>
      {why !== undefined && problem === undefined && (
        <Notice tone="warn" live>
          {why}
        </Notice>
      )}
      <Field label={s.email}>
        {(given) => <input {...given} name="email" type="email" required autoComplete="username" className={inputLook} />}
      </Field>
      <Field label={s.password} hint={s.forgotten}>
        {(given) => <input {...given} name="password" type="password" required autoComplete="current-password" className={inputLook} />}
      </Field>
      {problem !== undefined && (
        <Notice tone="danger" live>
          {problem}
        </Notice>
      )}
      <Button type="submit" look="primary" disabled={working}>
        {working ? s.working : s.submit}
      </Button>
    </SignInCard>
  );
}
