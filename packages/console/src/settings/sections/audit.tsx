import { useUserNames } from '../../data/use-users.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';

export function Audit() {
  const t = useTexts();
  const times = useTimes();
  const names = useUserNames();
  const s = t.settings;
  const query = useRows('listAuditLog', 'entries');
  return (
    <Section title={s.sections.audit[0]} hint={s.sections.audit[1]} query={query}>
      <Table
        label={s.sections.audit[0]}
        rows={query.rows}
        idOf={({ audit_id }) => audit_id}
        empty={s.none}
        columns={[
          { title: s.when, cell: ({ created_at }) => <span className="whitespace-nowrap">{times.full(created_at)}</span> },
          { title: s.who, cell: ({ user_id, api_key_id }) => names.get(user_id ?? '') ?? user_id ?? api_key_id },
          {
            title: s.what,
            cell: ({ operation, changed_fields }) => (
              <>
                <span className="font-medium">{operation}</span>
                {changed_fields.length > 0 && (
                  <span className="block max-w-64 truncate text-xs text-faint">{changed_fields.join(', ')}</span>
                )}
              </>
            ),
          },
          { title: s.target, cell: ({ target_ids }) => <code className="font-mono text-xs">{target_ids[0]}</code>, wideOnly: true },
          {
            title: s.answer,
            cell: ({ status, code }) => <StateBadge tone={status < 400 ? 'good' : 'bad'}>{code ?? String(status)}</StateBadge>,
          },
        ]}
      />
    </Section>
  );
}
