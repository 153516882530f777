import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';

const tones = { pending: 'wait', delivered: 'good', dead: 'bad' } as const;

/** What was pushed to subscribers, and what became of it. */
export function Deliveries() {
  const t = useTexts();
  const times = useTimes();
  const api = useApi();
  const s = t.settings;
  const query = useRows('listDeliveries', 'deliveries');
  return (
    <Section title={s.deliveries[0]} hint={s.deliveries[1]} query={query}>
      <Table
        label={s.deliveries[0]}
        rows={query.rows}
        idOf={({ delivery_id }) => delivery_id}
        empty={s.none}
        columns={[
          { title: s.when, cell: ({ created_at }) => <span className="whitespace-nowrap">{times.full(created_at)}</span> },
          { title: s.what, cell: ({ event_type }) => <code className="font-mono text-xs">{event_type}</code> },
          { title: s.state, cell: ({ status }) => <StateBadge tone={tones[status]}>{s.deliveryStatus[status]}</StateBadge> },
          { title: s.answer, cell: ({ last_status, last_error }) => last_error ?? last_status ?? '', wideOnly: true },
          {
            title: s.actions,
            cell: ({ delivery_id, status }) =>
              status !== 'pending' && <RowAction label={s.replay} run={() => api.replayDelivery({ path: { delivery_id } })} />,
          },
        ]}
      />
    </Section>
  );
}
