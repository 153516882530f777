import { readableAddress } from '../../data/names.ts';
import { useAgents } from '../../data/use-directory.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';

export function OptOuts() {
  const t = useTexts();
  const times = useTimes();
  const api = useApi();
  const s = t.settings;
  const agents = new Map(useAgents().map(({ agent_id, display_name }) => [agent_id, display_name]));
  const query = useRows('listOptOuts', 'opt_outs');
  return (
    <Section title={s.sections['opt-outs'][0]} hint={s.sections['opt-outs'][1]} query={query}>
      <Table
        label={s.sections['opt-outs'][0]}
        rows={query.rows}
        idOf={({ agent_id, address }) => `${agent_id} ${address}`}
        empty={s.none}
        columns={[
          { title: s.address, cell: ({ address }) => <span className="font-medium">{readableAddress(address)}</span> },
          { title: s.keyword, cell: ({ keyword }) => keyword },
          { title: t.list.agent, cell: ({ agent_id }) => agents.get(agent_id) ?? agent_id, wideOnly: true },
          { title: s.since, cell: ({ created_at }) => times.full(created_at), wideOnly: true },
          {
            title: s.actions,
            cell: ({ agent_id, address }) => (
              <RowAction label={s.lift} confirm={s.liftText} run={() => api.liftOptOut({ path: { address }, query: { agent_id } })} />
            ),
          },
        ]}
      />
    </Section>
  );
}
