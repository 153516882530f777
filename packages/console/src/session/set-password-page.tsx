import { useNavigate } from '@tanstack/react-router';
import { paths } from '../app/paths.ts';
import { useTexts } from '../texts/texts.tsx';
import { Field, inputLook } from '../ui/field.tsx';
import { signInApi } from './client.ts';
import { tokenOfLink } from './link.ts';
import { SignInCard } from './sign-in-card.tsx';
import { useSigningInBy } from './use-signing-in-by.ts';

/** Taken when the page is loaded: React may make the page twice. */
const linkToken = location.pathname === paths.setPassword ? tokenOfLink() : undefined;

/** The address of an invitation. Its link is used up when the password is set, not when the page is opened. */
export function SetPasswordPage() {
  const t = useTexts();
  const s = t.signIn;
  const navigate = useNavigate();
  const { run, working, problem, setProblem } = useSigningInBy(async (password: string) => {
    const answer = await signInApi.setPassword({ body: { token: linkToken ?? '', password } });
    await navigate({ to: paths.inbox, search: { view: 'all' }, replace: true });
    return answer;
  }, s.linkUsed);
  const submit = (data: FormData) => {
    if (data.get('password') === data.get('repeated')) void run(String(data.get('password')));
    else setProblem(s.different);
  };
  return (
    <SignInCard title={s.setTitle} submit={submit} action={s.setSubmit} working={working} problem={problem}>
      <Field label={s.newPassword} hint={s.newPasswordHint}>
        {(given) => (
          <input {...given} name="password" type="password" required minLength={12} autoComplete="new-password" className={inputLook} />
        )}
      </Field>
      <Field label={s.repeat}>
        {(given) => <input {...given} name="repeated" type="password" required autoComplete="new-password" className={inputLook} />}
      </Field>
    </SignInCard>
  );
}
