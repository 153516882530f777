import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Field, inputLook } from '../../ui/field.tsx';
import { CreateDialog } from '../create-dialog.tsx';
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
          { title: s.backend, cell: ({ backend }) => [backend.kind, backend.model ?? backend.url].filter(Boolean).join(' · ') },
          { title: s.handoff, cell: ({ handoff }) => s.handoffs[handoff], wideOnly: true },
          { title: s.state, cell: ({ enabled }) => <StateBadge tone={enabled ? 'good' : 'off'}>{enabled ? s.on : s.off}</StateBadge> },
          {
            title: s.actions,
            cell: ({ agent_id, display_name, enabled }) => (
              <span className="flex gap-1.5">
                <TestTurn agentId={agent_id} name={display_name} />
                <RowAction
                  label={enabled ? s.switchOff : s.switchOn}
                  run={() => api.updateAgent({ path: { agent_id }, body: { enabled: !enabled } })}
                />
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}

function NewAgent() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const create = async (data: FormData) => {
    const kind = String(data.get('kind')) as 'echo' | 'webhook';
    const url = String(data.get('url'));
    const secret = `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))}`;
    await api.createAgent({
      body: { display_name: String(data.get('name')), backend: kind === 'webhook' ? { kind, url, secret } : { kind } },
    });
    return kind === 'webhook' ? secret : undefined;
  };
  return (
    <CreateDialog title={s.newAgent} create={create}>
      <Field label={s.name}>{(given) => <input {...given} name="name" required maxLength={200} className={inputLook} />}</Field>
      <Field label={s.backend}>
        {(given) => (
          <select {...given} name="kind" className={inputLook}>
            <option value="webhook">webhook</option>
            <option value="echo">echo</option>
          </select>
        )}
      </Field>
      <Field label={s.url} hint={s.urlHint}>
        {(given) => <input {...given} name="url" type="url" placeholder="https://" className={inputLook} />}
      </Field>
    </CreateDialog>
  );
}
