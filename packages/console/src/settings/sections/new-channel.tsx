import { channels } from '../../data/channels.ts';
import type { ChannelAccount } from '../../data/types.ts';
import { useAgents } from '../../data/use-directory.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Field, inputLook } from '../../ui/field.tsx';
import { CreateDialog } from '../create-dialog.tsx';

const providers: readonly ChannelAccount['provider'][] = ['twilio', 'meta', 'telegram', 'email', 'web', 'http', 'simulator'];

/** Credentials differ by provider, so they are entered as the API takes them; Baton names the field that is wrong. */
export function NewChannel() {
  const t = useTexts();
  const api = useApi();
  const s = t.settings;
  const agents = useAgents();
  const create = async (data: FormData) => {
    const credentials = String(data.get('credentials')).trim();
    await api.createChannel({
      body: {
        provider: String(data.get('provider')) as ChannelAccount['provider'],
        channel: String(data.get('channel')) as ChannelAccount['channel'],
        address: String(data.get('address')),
        agent_id: String(data.get('agent')),
        ...(credentials !== '' && { credentials: JSON.parse(credentials) as Record<string, unknown> }),
      },
    });
    return undefined;
  };
  return (
    <CreateDialog title={s.newChannel} create={create}>
      <div className="grid grid-cols-2 gap-3">
        <Field label={s.provider}>
          {(given) => (
            <select {...given} name="provider" className={inputLook}>
              {providers.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t.list.channel}>
          {(given) => (
            <select {...given} name="channel" className={inputLook}>
              {channels.map((one) => (
                <option key={one} value={one}>
                  {t.channels[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <Field label={s.address} hint={s.addressHint}>
        {(given) => <input {...given} name="address" required className={inputLook} />}
      </Field>
      <Field label={t.list.agent}>
        {(given) => (
          <select {...given} name="agent" required className={inputLook}>
            {agents.map(({ agent_id, display_name }) => (
              <option key={agent_id} value={agent_id}>
                {display_name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={s.credentials} hint={s.credentialsHint}>
        {(given) => <textarea {...given} name="credentials" rows={4} spellCheck={false} className={`${inputLook} font-mono`} />}
      </Field>
    </CreateDialog>
  );
}
