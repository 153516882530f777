import type { CredentialRule, CredentialRules } from '@baton/channels/capabilities.ts';
import { useState } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { LongText, NumberField, TextField } from '../fields.tsx';
import { newWebhookSecret } from '../webhook-secret.ts';

interface Props {
  rules: CredentialRules;
  at?: string;
  /** Whether there are credentials already, which stay where all is left empty. */
  stored?: boolean;
}

/** A field for each credential that the provider has, by the names that the API and the guides use. */
export function CredentialFields({ rules, at = 'credentials', stored = false }: Props) {
  return Object.entries(rules).map(([name, rule]) =>
    rule.kind === 'object' ? (
      <fieldset key={name} className="flex flex-col gap-3 rounded-lg border border-line p-3">
        <legend className="px-1 font-mono text-xs">{name}</legend>
        <CredentialFields rules={rule.fields} at={`${at}.${name}`} stored />
      </fieldset>
    ) : (
      <CredentialField key={name} name={name} at={`${at}.${name}`} rule={rule} stored={stored} />
    ),
  );
}

type Simple = Exclude<CredentialRule, { kind: 'object' }>;

function CredentialField({ name, at, rule, stored }: { name: string; at: string; rule: Simple; stored: boolean }) {
  const t = useTexts();
  const [made] = useState(newWebhookSecret);
  const means = rule.kind === 'pattern' ? rule.means : rule.kind === 'texts' ? rule.each?.means : undefined;
  const said = [rule.optional ? t.settings.channel.optional : undefined, means].filter(Boolean).join(' · ');
  const hint = said === '' ? {} : { hint: said };
  const required = !rule.optional && !stored;
  if (rule.kind === 'port') return <NumberField label={name} name={at} value={null} min={1} max={65_535} {...hint} />;
  if (rule.kind === 'texts') return <LongText label={name} name={at} rows={2} {...hint} />;
  if (rule.kind === 'webhook_secret')
    return <TextField label={name} name={at} value={stored ? '' : made} required={required} hint={t.settings.channel.secretHint} />;
  return (
    <TextField
      label={name}
      name={at}
      type={rule.kind === 'url' ? 'url' : 'text'}
      secret={/token|secret|password|signing_key/.test(name)}
      required={required}
      {...hint}
    />
  );
}
