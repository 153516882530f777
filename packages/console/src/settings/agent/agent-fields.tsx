import type { Agent } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Choice, LongText, NumberField, TextField } from '../fields.tsx';
import { BackendFields } from './backend-fields.tsx';

/** Everything about an agent. `agent`: as it stands, where it is changed. */
export function AgentFields({ agent }: { agent?: Agent }) {
  const t = useTexts();
  const a = t.settings.agent;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_8rem]">
        <TextField label={t.settings.name} name="display_name" required value={agent?.display_name ?? ''} />
        <TextField label={a.language} name="language" required value={agent?.language ?? 'en'} />
      </div>
      <BackendFields at="backend" label={t.settings.backend} present={agent?.backend ?? null} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label={a.approval}
          name="approval"
          value={agent?.approval ?? 'none'}
          options={[
            ['none', a.approvals.none],
            ['required', a.approvals.required],
          ]}
        />
        <Choice
          label={t.settings.handoff}
          name="handoff"
          value={agent?.handoff ?? 'human'}
          options={[
            ['human', t.settings.handoffs.human],
            ['flag', t.settings.handoffs.flag],
          ]}
        />
        <NumberField label={a.debounce} name="debounce_ms" value={agent?.debounce_ms ?? 0} min={0} max={60_000} hint={a.debounceHint} />
        <Choice
          label={a.burst}
          name="burst"
          value={agent?.burst ?? 'queue'}
          hint={a.burstHint}
          options={[
            ['queue', a.bursts.queue],
            ['supersede', a.bursts.supersede],
          ]}
        />
        <NumberField
          label={a.takeoverTimeout}
          name="takeover_timeout_seconds"
          value={agent?.takeover_timeout_seconds ?? null}
          min={1}
          max={2_592_000}
          hint={a.takeoverTimeoutHint}
        />
        <NumberField
          label={a.silenceTimeout}
          name="silence_timeout_seconds"
          value={agent?.silence_timeout_seconds ?? null}
          min={1}
          max={31_536_000}
          hint={a.silenceTimeoutHint}
        />
        <NumberField label={a.historyLimit} name="history_limit" value={agent?.history_limit ?? 50} min={1} max={200} />
      </div>
      <LongText
        label={a.fallback}
        name="fallback_text"
        rows={2}
        maxLength={1600}
        value={agent?.fallback_text ?? ''}
        hint={a.fallbackHint}
      />
      <BackendFields at="shadow_backend" label={a.shadow} hint={a.shadowHint} present={agent?.shadow_backend ?? null} optional />
    </>
  );
}
