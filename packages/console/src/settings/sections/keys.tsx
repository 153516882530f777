import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Field, inputLook } from '../../ui/field.tsx';
import { CreateDialog } from '../create-dialog.tsx';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';

const scopes = ['read', 'write', 'admin'] as const;

export function Keys() {
  const t = useTexts();
  const times = useTimes();
  const api = useApi();
  const s = t.settings;
  const query = useRows('listApiKeys', 'api_keys');
  return (
    <Section title={s.sections.keys[0]} hint={s.sections.keys[1]} query={query} actions={<NewKey />}>
      <Table
        label={s.sections.keys[0]}
        rows={query.rows}
        idOf={({ api_key_id }) => api_key_id}
        empty={s.none}
        columns={[
          {
            title: s.name,
            cell: ({ name, hint }) => (
              <>
                <span className="block font-medium">{name}</span>
                <code className="font-mono text-xs text-faint">{hint}</code>
              </>
            ),
          },
          { title: s.scopes, cell: (key) => key.scopes.join(', ') },
          { title: s.lastUsed, cell: ({ last_used_at }) => (last_used_at === null ? s.never : times.full(last_used_at)), wideOnly: true },
          {
            title: s.state,
            cell: ({ revoked_at }) => (
              <StateBadge tone={revoked_at === null ? 'good' : 'off'}>{revoked_at === null ? s.on : s.revoked}</StateBadge>
            ),
          },
          {
            title: s.actions,
            cell: ({ api_key_id, revoked_at }) =>
              revoked_at === null && (
                <RowAction label={s.revoke} confirm={s.revokeText} run={() => api.revokeApiKey({ path: { api_key_id } })} />
              ),
          },
        ]}
      />
    </Section>
  );
}

function NewKey() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const create = async (data: FormData) => {
    const chosen = scopes.filter((scope) => data.get(scope) === 'on');
    const { api_key } = await api.createApiKey({ body: { name: String(data.get('name')), scopes: chosen } });
    return api_key;
  };
  return (
    <CreateDialog title={s.newKey} create={create}>
      <Field label={s.name}>{(given) => <input {...given} name="name" required maxLength={200} className={inputLook} />}</Field>
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 text-[13px] font-medium">{s.scopes}</legend>
        {scopes.map((scope) => (
          <label key={scope} className="flex items-center gap-2">
            <input type="checkbox" name={scope} defaultChecked={scope === 'read'} className="size-4 accent-[var(--accent)]" />
            {scope}
          </label>
        ))}
      </fieldset>
    </CreateDialog>
  );
}
