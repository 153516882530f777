import { useState } from 'react';
import type { Agent } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Choice, NumberField, Switch, TextField } from '../fields.tsx';
import { ModelFields } from './model-fields.tsx';

interface Props {
  /** `backend` or `shadow_backend`: what the fields' names begin with. */
  at: string;
  label: string;
  hint?: string;
  present: Agent['backend'] | null;
  /** Whether there may be none at all. */
  optional?: boolean;
  /** What holds where no secret is entered; else one has to be, or is made. */
  secretHint?: string;
}

const kinds = ['webhook', 'openai', 'echo'] as const;
type Kind = (typeof kinds)[number] | 'none' | '';

/** How an AI is reached: its kind, and what that kind needs. */
export function BackendFields({ at, label, hint, present, optional = false, secretHint }: Props) {
  const t = useTexts();
  const a = t.settings.agent;
  const [kind, setKind] = useState<Kind>(present?.kind ?? (optional ? '' : 'webhook'));
  // What is stored belongs to the kind it was stored for.
  const stored = present?.kind === kind ? present : null;
  const nothing = optional ? '' : 'none';
  return (
    <fieldset className="flex flex-col gap-4 rounded-lg border border-line p-4">
      <legend className="px-1.5 text-[13px] font-semibold">{label}</legend>
      <Choice
        label={a.kind}
        name={`${at}.kind`}
        value={kind}
        onChange={(value) => setKind(value as Kind)}
        options={[...kinds.map((one) => [one, a.kinds[one]] as const), [nothing, optional ? a.noShadow : a.kinds.none]]}
        {...(hint !== undefined && { hint })}
      />
      {kind === 'webhook' && (
        <>
          <TextField label={t.settings.url} name={`${at}.url`} type="url" required placeholder="https://" value={stored?.url ?? ''} />
          <TextField
            label={a.secret}
            name={`${at}.secret`}
            secret
            required={optional && secretHint === undefined && !stored?.has_secret}
            hint={secretHint ?? (stored?.has_secret ? a.secretStays : optional ? a.secretNeeded : a.secretMade)}
          />
        </>
      )}
      {kind === 'openai' && <ModelFields at={at} stored={stored} />}
      {(kind === 'webhook' || kind === 'openai') && (
        <NumberField
          label={a.timeout}
          name={`${at}.timeout_ms`}
          value={stored?.timeout_ms ?? 30_000}
          min={1000}
          max={120_000}
          hint={a.timeoutHint}
        />
      )}
      {kind === 'openai' && (
        <div className="flex flex-col gap-2">
          <Switch label={a.stream} name={`${at}.stream`} on={stored?.stream ?? true} />
          <Switch label={a.handoffTool} name={`${at}.handoff_tool`} on={stored?.handoff_tool ?? true} />
          <Switch label={a.imageUrls} name={`${at}.image_urls`} on={stored?.image_urls ?? false} />
        </div>
      )}
    </fieldset>
  );
}
