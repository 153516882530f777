import { readableAddress } from '../../data/names.ts';
import { useAgents } from '../../data/use-directory.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { EditChannel, NewChannel } from '../channel/channel-dialogs.tsx';
import { LastReceived } from '../channel/last-received.tsx';
import { useLastReceived } from '../channel/use-last-received.ts';
import { Copy } from '../copy.tsx';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';

export function Channels() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const agents = new Map(useAgents().map(({ agent_id, display_name }) => [agent_id, display_name]));
  const query = useRows('listChannels', 'channels');
  const latest = useLastReceived();
  return (
    <Section title={s.sections.channels[0]} hint={s.sections.channels[1]} query={query} actions={<NewChannel />}>
      <Table
        label={s.sections.channels[0]}
        rows={query.rows}
        idOf={({ channel_account_id }) => channel_account_id}
        empty={s.none}
        columns={[
          {
            title: s.address,
            cell: ({ address, channel, provider }) => (
              <>
                <span className="block font-medium whitespace-nowrap">{readableAddress(address)}</span>
                <span className="text-xs text-faint">
                  {t.channels[channel]} · {provider}
                </span>
              </>
            ),
          },
          {
            title: s.webhookUrl,
            cell: ({ webhook_url }) => (
              <span className="block max-w-72">
                <Copy value={webhook_url} />
              </span>
            ),
          },
          {
            title: s.channel.lastReceived,
            cell: (account) => <LastReceived account={account} at={latest.get(account.channel_account_id)} />,
          },
          { title: t.list.agent, cell: ({ agent_id }) => agents.get(agent_id) ?? agent_id, wideOnly: true },
          { title: s.state, cell: ({ enabled }) => <StateBadge tone={enabled ? 'good' : 'off'}>{enabled ? s.on : s.off}</StateBadge> },
          {
            title: s.actions,
            cell: (account) => (
              <span className="flex gap-1.5">
                <EditChannel account={account} name={readableAddress(account.address)} />
                <RowAction
                  label={account.enabled ? s.switchOff : s.switchOn}
                  run={() =>
                    api.updateChannel({ path: { channel_account_id: account.channel_account_id }, body: { enabled: !account.enabled } })
                  }
                />
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}
