import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Field, inputLook } from '../../ui/field.tsx';
import { CreateDialog } from '../create-dialog.tsx';
import { LinkAction } from '../link-action.tsx';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';

const roles = ['operator', 'viewer', 'owner'] as const;

export function Users() {
  const t = useTexts();
  const times = useTimes();
  const api = useApi();
  const s = t.settings;
  const query = useRows('listUsers', 'users');
  return (
    <Section title={s.sections.users[0]} hint={s.sections.users[1]} query={query} actions={<NewUser />}>
      <Table
        label={s.sections.users[0]}
        rows={query.rows}
        idOf={({ user_id }) => user_id}
        empty={s.none}
        columns={[
          {
            title: s.name,
            cell: ({ display_name, email }) => (
              <>
                <span className="block font-medium">{display_name}</span>
                <span className="text-xs text-faint">{email}</span>
              </>
            ),
          },
          { title: s.role, cell: ({ role }) => s.roles[role] },
          {
            title: s.lastSignIn,
            cell: ({ last_signed_in_at }) => (last_signed_in_at === null ? s.never : times.full(last_signed_in_at)),
            wideOnly: true,
          },
          {
            title: s.state,
            cell: ({ enabled, has_password }) => (
              <StateBadge tone={enabled && has_password ? 'good' : 'off'}>
                {!enabled ? s.off : has_password ? s.on : s.noPassword}
              </StateBadge>
            ),
          },
          {
            title: s.actions,
            cell: ({ user_id, enabled, has_password }) => (
              <span className="inline-flex flex-wrap gap-2">
                {enabled && (
                  <LinkAction
                    label={has_password ? s.resetPassword : s.invite}
                    hint={s.inviteHint}
                    make={() => api.inviteUser({ path: { user_id } })}
                  />
                )}
                <RowAction
                  label={enabled ? s.switchOff : s.switchOn}
                  run={() => api.updateUser({ path: { user_id }, body: { enabled: !enabled } })}
                />
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}

function NewUser() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const create = async (data: FormData) => {
    const role = roles.find((one) => one === data.get('role')) ?? 'viewer';
    const { user_id } = await api.createUser({ body: { email: String(data.get('email')), display_name: String(data.get('name')), role } });
    return (await api.inviteUser({ path: { user_id } })).url;
  };
  return (
    <CreateDialog title={s.newUser} shownOnce={s.inviteHint} create={create}>
      <Field label={s.name}>{(given) => <input {...given} name="name" required maxLength={200} className={inputLook} />}</Field>
      <Field label={t.signIn.email}>{(given) => <input {...given} name="email" type="email" required className={inputLook} />}</Field>
      <Field label={s.role}>
        {(given) => (
          <select {...given} name="role" className={inputLook}>
            {roles.map((role) => (
              <option key={role} value={role}>
                {s.roles[role]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </CreateDialog>
  );
}
