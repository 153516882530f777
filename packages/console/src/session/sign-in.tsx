import type { Answer } from '@baton/sdk/operations.ts';
import { useEffect, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Field, inputLook } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { signInApi } from './client.ts';
import { problemOfLink } from './link.ts';
import type { Absence } from './session.tsx';
import { SignInCard } from './sign-in-card.tsx';
import { useSigningInBy } from './use-signing-in-by.ts';

/** Read when the page is loaded. */
const given = problemOfLink();
const problemAtProvider = given === 'unknown' || given === 'unavailable' || given === 'provider' ? given : undefined;

export function SignIn({ absence }: { absence: Absence }) {
  const t = useTexts();
  const s = t.signIn;
  const { run, working, problem } = useSigningInBy(
    (data: FormData) =>
      signInApi.createSession({ body: { email: String(data.get('email')).trim(), password: String(data.get('password')) } }),
    s.refused,
  );
  const [oidc, setOidc] = useState<Answer<'getSessionOptions'>['oidc']>(null);
  useEffect(() => {
    // Without an answer there is the form.
    signInApi.getSessionOptions().then(
      (options) => setOidc(options.oidc),
      () => undefined,
    );
  }, []);
  const why =
    problemAtProvider !== undefined
      ? s.provider[problemAtProvider]
      : absence === 'ended'
        ? s.ended
        : absence === 'link_used'
          ? s.linkUsed
          : undefined;
  return (
    <SignInCard
      title={s.title}
      submit={(data) => void run(data)}
      action={s.submit}
      working={working}
      problem={problem}
      instead={
        oidc && (
          <a href={oidc.start_url} className="text-center text-[13px] font-medium text-accent-text underline-offset-2 hover:underline">
            {s.signInWith(oidc.label)}
          </a>
        )
      }
    >
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
    </SignInCard>
  );
}
