import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { EditAgent, NewAgent } from '../agent/agent-dialogs.tsx';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';
import { TestTurn } from './test-turn.tsx';

export function Agents() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const query = useRows('listAgents', 'agents');
  return (
    <Section title={s.sections.agents[0]} hint={s.sections.agents[1]} query={query} actions={<NewAgent />}>
      <Table
        label={s.sections.agents[0]}
        rows={query.rows}
        idOf={({ agent_id }) => agent_id}
        empty={s.none}
        columns={[
          { title: s.name, cell: ({ display_name }) => <span className="font-medium">{display_name}</span> },
          {
            title: s.backend,
            cell: ({ backend, shadow_backend }) => (
              <>
                {s.agent.kinds[backend.kind]}
                <span className="block max-w-72 truncate text-xs text-faint">
                  {[backend.model ?? backend.url, shadow_backend && `${s.agent.shadow}: ${shadow_backend.model ?? shadow_backend.kind}`]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </>
            ),
          },
          { title: s.agent.approval, cell: ({ approval }) => s.agent.approvals[approval], wideOnly: true },
          { title: s.handoff, cell: ({ handoff }) => s.handoffs[handoff], wideOnly: true },
          { title: s.state, cell: ({ enabled }) => <StateBadge tone={enabled ? 'good' : 'off'}>{enabled ? s.on : s.off}</StateBadge> },
          {
            title: s.actions,
            cell: (agent) => (
              <span className="flex gap-1.5">
                <TestTurn agentId={agent.agent_id} name={agent.display_name} />
                <EditAgent agent={agent} />
                <RowAction
                  label={agent.enabled ? s.switchOff : s.switchOn}
                  run={() => api.updateAgent({ path: { agent_id: agent.agent_id }, body: { enabled: !agent.enabled } })}
                />
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}
