import type { CredentialRule, CredentialRules } from '@baton/channels/capabilities.ts';
import type { FieldFault } from './directory-rules.ts';

/** What is wrong with the credentials of an account; `path`: where they stand in the request. */
export function credentialFaults(given: Record<string, unknown>, rules: CredentialRules, path: string, provider: string): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name];
    if (value === undefined || value === '') {
      if (!rule.optional) faults.push({ path: `${path}/${name}`, message: `is needed for ${provider}` });
    } else faults.push(...valueFaults(value, rule, `${path}/${name}`, provider));
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) faults.push({ path: `${path}/${name}`, message: `is not a credential of ${provider}` });
  }
  return faults;
}

function valueFaults(value: unknown, rule: CredentialRule, path: string, provider: string): FieldFault[] {
  const fault = (message: string) => [{ path, message }];
  switch (rule.kind) {
    case 'object':
      if (!isObject(value)) return fault('must be an object');
      return credentialFaults(value, rule.fields, path, provider);
    case 'texts':
      if (!Array.isArray(value) || value.length > 100 || !value.every(isShortText)) return fault('must be a list of at most 100 texts');
      return value.every((one) => rule.each?.pattern.test(one) ?? true) ? [] : fault(`must be ${rule.each?.means}`);
    case 'port':
      return Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536 ? [] : fault('must be from 1 to 65535');
    default:
      return isShortText(value) ? textFaults(value, rule, fault) : fault('must be a text of at most 4096 characters');
  }
}

type TextRule = Exclude<CredentialRule, { kind: 'object' | 'texts' | 'port' }>;

function textFaults(value: string, rule: TextRule, fault: (message: string) => FieldFault[]): FieldFault[] {
  switch (rule.kind) {
    case 'url':
      return isHttpUrl(value) ? [] : fault('must be an http or https URL');
    case 'webhook_secret':
      return isWebhookSecret(value) ? [] : fault('must be whsec_ and 24 to 64 bytes in base64');
    case 'pattern':
      return rule.pattern.test(value) ? [] : fault(`must be ${rule.means}`);
    default:
      return [];
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 4096;
}

/** Standard Webhooks: the prefix and 24 to 64 bytes of base64. */
export function isWebhookSecret(secret: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) return false;
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length;
  return bytes >= 24 && bytes <= 64;
}

export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol) && text.length <= 2000;
}
