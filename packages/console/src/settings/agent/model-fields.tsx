import type { Agent } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { LongText, NumberField, TextField } from '../fields.tsx';

/** A server that speaks OpenAI's chat completions: which model, and what it is told. */
export function ModelFields({ at, stored }: { at: string; stored: Agent['backend'] | null }) {
  const a = useTexts().settings.agent;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label={a.baseUrl} name={`${at}.base_url`} type="url" required value={stored?.base_url ?? 'https://api.openai.com/v1'} />
        <TextField label={a.model} name={`${at}.model`} required value={stored?.model ?? ''} />
      </div>
      <TextField label={a.apiKey} name={`${at}.api_key`} secret hint={stored?.has_secret ? a.secretStays : a.apiKeyHint} />
      <LongText
        label={a.systemPrompt}
        name={`${at}.system_prompt`}
        rows={5}
        value={stored?.system_prompt ?? ''}
        hint={a.systemPromptHint}
      />
      <div className="grid gap-4 sm:grid-cols-3">
        <NumberField label={a.temperature} name={`${at}.temperature`} value={stored?.temperature ?? null} min={0} max={2} step={0.1} />
        <NumberField
          label={a.maxOutputTokens}
          name={`${at}.max_output_tokens`}
          value={stored?.max_output_tokens ?? null}
          min={1}
          max={100_000}
        />
        <NumberField
          label={a.historyTokens}
          name={`${at}.history_tokens`}
          value={stored?.history_tokens ?? null}
          min={100}
          max={2_000_000}
        />
      </div>
      <p className="-mt-2 text-xs text-faint">{a.emptyIsDefault}</p>
    </>
  );
}
