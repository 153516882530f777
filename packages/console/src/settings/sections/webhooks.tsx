import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Field, inputLook } from '../../ui/field.tsx';
import { CreateDialog } from '../create-dialog.tsx';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { useRows } from '../use-rows.ts';
import { Deliveries } from './deliveries.tsx';

export function Webhooks() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const query = useRows('listWebhooks', 'webhooks');
  return (
    <div className="flex flex-col gap-10">
      <Section title={s.sections.webhooks[0]} hint={s.sections.webhooks[1]} query={query} actions={<NewWebhook />}>
        <Table
          label={s.sections.webhooks[0]}
          rows={query.rows}
          idOf={({ webhook_endpoint_id }) => webhook_endpoint_id}
          empty={s.none}
          columns={[
            { title: s.url, cell: ({ url }) => <span className="block max-w-80 truncate font-medium">{url}</span> },
            { title: s.events, cell: ({ event_types }) => event_types.join(', ') || s.allEvents, wideOnly: true },
            {
              title: s.state,
              cell: ({ enabled, failing_since }) => (
                <StateBadge tone={!enabled ? 'off' : failing_since === null ? 'good' : 'wait'}>
                  {!enabled ? s.off : failing_since === null ? s.on : s.failing}
                </StateBadge>
              ),
            },
            {
              title: s.actions,
              cell: ({ webhook_endpoint_id, enabled }) => (
                <span className="flex gap-1.5">
                  <RowAction label={s.test} run={() => api.testWebhook({ path: { webhook_endpoint_id } })} />
                  <RowAction
                    label={enabled ? s.switchOff : s.switchOn}
                    run={() => api.updateWebhook({ path: { webhook_endpoint_id }, body: { enabled: !enabled } })}
                  />
                  <RowAction label={s.delete} confirm={s.deleteText} run={() => api.deleteWebhook({ path: { webhook_endpoint_id } })} />
                </span>
              ),
            },
          ]}
        />
      </Section>
      <Deliveries />
    </div>
  );
}

function NewWebhook() {
  const t = useTexts();
  const api = useApi();
  const create = async (data: FormData) => (await api.createWebhook({ body: { url: String(data.get('url')) } })).secret;
  return (
    <CreateDialog title={t.settings.newWebhook} create={create}>
      <Field label={t.settings.url}>
        {(given) => <input {...given} name="url" type="url" required placeholder="https://" className={inputLook} />}
      </Field>
    </CreateDialog>
  );
}
