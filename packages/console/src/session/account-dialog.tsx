import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { sayError } from '../conversation/errors.ts';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, inputLook } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { deviceName } from './device.ts';
import { useSession } from './session.tsx';

/** One's own password, and where one is signed in. */
export function AccountDialog({ close }: { close: () => void }) {
  const t = useTexts();
  const { email } = useSession();
  return (
    <Dialog open onOpenChange={close} title={t.account.title} description={email}>
      <ChangePassword />
      <Sessions />
    </Dialog>
  );
}

function ChangePassword() {
  const t = useTexts();
  const { api, hasPassword, renew } = useSession();
  const changed = useMutation({
    mutationFn: (given: { current_password: string; new_password: string }) => api.changePassword({ body: given }),
    onSuccess: renew,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const given = { current_password: String(data.get('current')), new_password: String(data.get('new')) };
    changed.mutate(given, { onSuccess: () => form.reset() });
  };
  if (!hasPassword)
    return (
      <div className="mt-4">
        <Notice>{t.account.noPassword}</Notice>
      </div>
    );
  return (
    <form onSubmit={submit} className="mt-4 flex flex-col gap-3">
      <Field label={t.account.current}>
        {(given) => <input {...given} name="current" type="password" required autoComplete="current-password" className={inputLook} />}
      </Field>
      <Field label={t.signIn.newPassword} hint={t.signIn.newPasswordHint}>
        {(given) => (
          <input {...given} name="new" type="password" required minLength={12} autoComplete="new-password" className={inputLook} />
        )}
      </Field>
      {changed.error && <Notice tone="danger">{sayError(changed.error, t)}</Notice>}
      {changed.isSuccess && <Notice live>{t.account.changed}</Notice>}
      <Button type="submit" className="self-end" disabled={changed.isPending}>
        {t.account.change}
      </Button>
    </form>
  );
}

function Sessions() {
  const t = useTexts();
  const times = useTimes();
  const { api, userId, id } = useSession();
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['own sessions', id],
    queryFn: () => api.listSessions({ query: { user_id: userId, page_size: 50 } }),
    staleTime: 0,
  });
  const ended = useMutation({
    mutationFn: (session_id: string) => api.deleteSession({ path: { session_id } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['own sessions'] }),
  });
  return (
    <section className="mt-6">
      <h2 className="text-[13px] font-medium">{t.account.sessions}</h2>
      <ul className="mt-2 flex flex-col divide-y divide-line">
        {query.data?.sessions.map((one) => (
          <li key={one.session_id} className="flex items-center gap-3 py-2">
            <span className="min-w-0 flex-1">
              <span className="block truncate text-[13px]" title={one.user_agent}>
                {deviceName(one.user_agent) || one.ip}
              </span>
              <span className="block text-xs text-faint">
                {one.ip} · {times.full(one.last_used_at)}
              </span>
            </span>
            {one.is_current ? (
              <span className="text-xs text-faint">{t.account.here}</span>
            ) : (
              <Button size="small" disabled={ended.isPending} onClick={() => ended.mutate(one.session_id)}>
                {t.nav.signOut}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
