import { useApi } from '../session/session.tsx';
import { RowAction } from '../settings/row-action.tsx';
import { Section } from '../settings/section.tsx';
import { StateBadge } from '../settings/state-badge.tsx';
import { Table } from '../settings/table.tsx';
import { useRows } from '../settings/use-rows.ts';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';

const tones = { open: 'bad', retried: 'good', dropped: 'off' } as const;

export function DeadLetters() {
  const t = useTexts();
  const times = useTimes();
  const api = useApi();
  const o = t.operations;
  const query = useRows('listDeadLetters', 'dead_letters');
  return (
    <Section title={o.deadLetters} hint={o.deadLettersHint} query={query}>
      <Table
        label={o.deadLetters}
        rows={query.rows}
        idOf={({ dead_letter_id }) => dead_letter_id}
        empty={o.noDeadLetters}
        columns={[
          { title: t.settings.when, cell: ({ created_at }) => <span className="whitespace-nowrap">{times.full(created_at)}</span> },
          { title: o.service, cell: ({ service }) => service, wideOnly: true },
          { title: o.error, cell: ({ error }) => <span className="line-clamp-2 max-w-md">{error}</span> },
          { title: t.settings.state, cell: ({ state }) => <StateBadge tone={tones[state]}>{o.states[state]}</StateBadge> },
          {
            title: t.settings.actions,
            cell: ({ dead_letter_id, state }) =>
              state === 'open' && (
                <span className="flex gap-1.5">
                  <RowAction label={o.retry} run={() => api.retryDeadLetter({ path: { dead_letter_id } })} />
                  <RowAction label={o.drop} confirm={o.dropText} run={() => api.dropDeadLetter({ path: { dead_letter_id } })} />
                </span>
              ),
          },
        ]}
      />
    </Section>
  );
}
