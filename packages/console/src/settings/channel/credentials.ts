import type { CredentialRule, CredentialRules } from '@baton/channels/capabilities.ts';

/** Credentials as they were entered; an empty field is left out, so that Baton says which one it needs. */
export function credentialsOf(data: FormData, rules: CredentialRules, at = 'credentials'): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = credentialOf(data, rule, `${at}.${name}`);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function credentialOf(data: FormData, rule: CredentialRule, at: string): unknown {
  if (rule.kind === 'object') {
    const inner = credentialsOf(data, rule.fields, at);
    return Object.keys(inner).length > 0 ? inner : undefined;
  }
  const text = String(data.get(at) ?? '').trim();
  if (text === '') return undefined;
  if (rule.kind === 'port') return Number(text);
  return rule.kind === 'texts' ? text.split(/\s+/) : text;
}
