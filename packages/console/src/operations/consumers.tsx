import type { Operations } from '../data/types.ts';
import { Table } from '../settings/table.tsx';
import { useTexts } from '../texts/texts.tsx';
import { groupsOf } from './lag.ts';

/** How far the installation's readers are behind. */
export function Consumers({ consumers }: { consumers: NonNullable<Operations['consumers']> }) {
  const o = useTexts().operations;
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h2 className="text-lg font-semibold">{o.consumers}</h2>
        <p className="max-w-xl text-soft">{o.consumersHint}</p>
      </div>
      <Table
        label={o.consumers}
        rows={groupsOf(consumers)}
        idOf={({ stream, name }) => `${stream} ${name}`}
        empty={o.noConsumers}
        columns={[
          {
            title: o.consumer,
            cell: ({ name, readers }) => (
              <>
                <span className="font-medium">{name}</span>
                {readers > 1 && <span className="text-faint"> × {readers}</span>}
              </>
            ),
          },
          { title: o.stream, cell: ({ stream }) => <code className="font-mono text-xs">{stream}</code>, wideOnly: true },
          { title: o.pending, cell: ({ pending }) => <Count value={pending} /> },
          { title: o.ackPending, cell: ({ ack_pending }) => <Count value={ack_pending} /> },
          { title: o.redelivered, cell: ({ redelivered }) => <Count value={redelivered} /> },
        ]}
      />
    </section>
  );
}

function Count({ value }: { value: number }) {
  return <span className={`tabular-nums ${value === 0 ? 'text-faint' : 'font-medium'}`}>{value.toLocaleString()}</span>;
}
