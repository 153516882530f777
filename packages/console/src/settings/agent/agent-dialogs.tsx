import type { Agent } from '../../data/types.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { CreateDialog } from '../create-dialog.tsx';
import { EditDialog } from '../edit-dialog.tsx';
import { newWebhookSecret } from '../webhook-secret.ts';
import { agentBody } from './agent-body.ts';
import { AgentFields } from './agent-fields.tsx';

export function NewAgent() {
  const t = useTexts();
  const api = useApi();
  const create = async (data: FormData) => {
    const { body, secret } = agentBody(data, { hasSecret: false, newSecret: newWebhookSecret });
    await api.createAgent({ body });
    return secret;
  };
  return (
    <CreateDialog title={t.settings.newAgent} create={create} wide>
      <AgentFields />
    </CreateDialog>
  );
}

export function EditAgent({ agent }: { agent: Agent }) {
  const api = useApi();
  const { agent_id, backend } = agent;
  const save = async (data: FormData) => {
    const hasSecret = backend.kind === 'webhook' && backend.has_secret;
    const { body, secret } = agentBody(data, { hasSecret, newSecret: newWebhookSecret });
    await api.updateAgent({ path: { agent_id }, body });
    return secret;
  };
  return (
    <EditDialog name={agent.display_name} save={save} wide>
      <AgentFields agent={agent} />
    </EditDialog>
  );
}
