import { providerFacts } from '@baton/channels/capabilities.ts';
import { useState } from 'react';
import type { Channel, ChannelAccount } from '../../data/types.ts';
import { useAgents } from '../../data/use-directory.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { CreateDialog } from '../create-dialog.tsx';
import { EditDialog } from '../edit-dialog.tsx';
import { Choice, TextField } from '../fields.tsx';
import { CredentialFields } from './credential-fields.tsx';
import { credentialsOf } from './credentials.ts';

type Provider = ChannelAccount['provider'];

const providers = Object.keys(providerFacts) as Provider[];
const channelsOf = (provider: Provider) => Object.keys(providerFacts[provider]) as Channel[];
const rulesOf = (provider: Provider, channel: Channel) => providerFacts[provider][channel]?.credentials ?? {};

export function NewChannel() {
  const t = useTexts();
  const api = useApi();
  const [provider, setProvider] = useState<Provider>(providers[0]!);
  const [wanted, setChannel] = useState<Channel>('sms');
  const possible = channelsOf(provider);
  const channel = possible.includes(wanted) ? wanted : possible[0]!;
  const create = async (data: FormData) => {
    const rules = rulesOf(provider, channel);
    await api.createChannel({
      body: {
        provider,
        channel,
        address: String(data.get('address')).trim(),
        agent_id: String(data.get('agent')),
        credentials: credentialsOf(data, rules),
      },
    });
    return undefined;
  };
  return (
    <CreateDialog title={t.settings.newChannel} create={create}>
      <div className="grid grid-cols-2 gap-3">
        <Choice
          label={t.settings.provider}
          name="provider"
          value={provider}
          onChange={(value) => setProvider(value as Provider)}
          options={providers.map((one) => [one, t.settings.channel.providers[one]])}
        />
        <Choice
          label={t.list.channel}
          name="channel"
          value={channel}
          onChange={(value) => setChannel(value as Channel)}
          options={possible.map((one) => [one, t.channels[one]])}
        />
      </div>
      <TextField label={t.settings.address} name="address" required hint={t.settings.addressHint} />
      <AgentChoice />
      <CredentialFields key={`${provider} ${channel}`} rules={rulesOf(provider, channel)} />
    </CreateDialog>
  );
}

export function EditChannel({ account, name }: { account: ChannelAccount; name: string }) {
  const t = useTexts();
  const api = useApi();
  const rules = rulesOf(account.provider, account.channel);
  const save = async (data: FormData) => {
    const credentials = credentialsOf(data, rules);
    await api.updateChannel({
      path: { channel_account_id: account.channel_account_id },
      body: {
        address: String(data.get('address')).trim(),
        agent_id: String(data.get('agent')),
        ...(Object.keys(credentials).length > 0 && { credentials }),
      },
    });
    return undefined;
  };
  return (
    <EditDialog name={name} save={save}>
      <TextField label={t.settings.address} name="address" required value={account.address} />
      <AgentChoice present={account.agent_id} />
      {Object.keys(rules).length > 0 && <p className="text-xs text-faint">{t.settings.channel.stays}</p>}
      <CredentialFields rules={rules} stored />
    </EditDialog>
  );
}

function AgentChoice({ present = '' }: { present?: string }) {
  const t = useTexts();
  const agents = useAgents();
  return (
    <Choice
      key={agents.length}
      label={t.list.agent}
      name="agent"
      required
      value={present}
      options={agents.map(({ agent_id, display_name }) => [agent_id, display_name])}
    />
  );
}
