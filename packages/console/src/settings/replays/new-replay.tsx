import { useAgents } from '../../data/use-directory.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { backendBody } from '../agent/agent-body.ts';
import { BackendFields } from '../agent/backend-fields.tsx';
import { CreateDialog } from '../create-dialog.tsx';
import { Choice, NumberField, Switch, TextField } from '../fields.tsx';

/** Which turns, and whom to ask. */
export function NewReplay() {
  const t = useTexts();
  const api = useApi();
  const agents = useAgents();
  const r = t.settings.comparison;
  const create = async (data: FormData) => {
    const tokens = String(data.get('max_tokens'));
    await api.createReplay({
      body: {
        name: String(data.get('name')).trim(),
        agent_id: String(data.get('agent')),
        limit: Number(data.get('limit')),
        include_human: data.has('include_human'),
        ...(tokens !== '' && { max_tokens: Number(tokens) }),
        backend: backendBody(data, 'backend', undefined),
      },
    });
    return undefined;
  };
  return (
    <CreateDialog title={r.new} create={create} wide>
      <TextField label={t.settings.name} name="name" hint={r.nameHint} />
      <div className="grid gap-4 sm:grid-cols-3">
        <Choice
          key={agents.length}
          label={r.turnsOf}
          name="agent"
          required
          value=""
          options={agents.map(({ agent_id, display_name }) => [agent_id, display_name])}
        />
        <NumberField label={r.limit} name="limit" value={50} min={1} max={1000} />
        <NumberField label={r.maxTokens} name="max_tokens" value={null} min={1} max={1_000_000_000} />
      </div>
      <Switch label={r.includeHuman} name="include_human" on={false} />
      <BackendFields at="backend" label={r.backend} present={null} secretHint={r.secretHint} />
    </CreateDialog>
  );
}
