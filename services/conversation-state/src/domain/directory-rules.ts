import { type Channel, channels, type Provider } from '@baton/contracts/vocabulary.ts';

/** A field that is wrong, and what to do about it. */
export interface FieldFault {
  path: string;
  message: string;
}

export interface AgentFields {
  display_name: string;
  language: string;
  backend: { kind: string; url: string; timeout_ms: number; hasSecret: boolean };
  takeover_timeout_seconds: number | null;
  handoff: string;
  debounce_ms: number;
  burst: string;
  approval: string;
  silence_timeout_seconds: number | null;
  fallback_text: string | null;
  history_limit: number;
}

/** What is wrong with an agent; empty when it can be stored. */
export function agentFaults(a: AgentFields): FieldFault[] {
  const faults: FieldFault[] = [];
  const need = (fine: boolean, path: string, message: string) => {
    if (!fine) faults.push({ path, message });
  };
  need(a.display_name.trim() !== '' && a.display_name.length <= 200, '/display_name', 'must have 1 to 200 characters');
  need(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(a.language), '/language', 'must be a language tag such as en or pt-BR');
  need(['webhook', 'echo', 'none'].includes(a.backend.kind), '/backend/kind', 'must be webhook, echo or none');
  need(a.backend.kind !== 'webhook' || isHttpUrl(a.backend.url), '/backend/url', 'must be an http or https URL');
  need(
    a.backend.kind !== 'webhook' || a.backend.hasSecret,
    '/backend/secret',
    'is needed to sign requests to a webhook: whsec_ and 24 to 64 bytes in base64',
  );
  need(within(a.backend.timeout_ms, 1000, 120_000), '/backend/timeout_ms', 'must be from 1000 to 120000');
  need(
    a.takeover_timeout_seconds === null || within(a.takeover_timeout_seconds, 1, 2_592_000),
    '/takeover_timeout_seconds',
    'must be null or from 1 to 2592000',
  );
  need(
    a.silence_timeout_seconds === null || within(a.silence_timeout_seconds, 1, 31_536_000),
    '/silence_timeout_seconds',
    'must be null or from 1 to 31536000',
  );
  need(['human', 'flag'].includes(a.handoff), '/handoff', 'must be human or flag');
  need(['queue', 'supersede'].includes(a.burst), '/burst', 'must be queue or supersede');
  need(['none', 'required'].includes(a.approval), '/approval', 'must be none or required');
  need(within(a.debounce_ms, 0, 60_000), '/debounce_ms', 'must be from 0 to 60000');
  need(within(a.history_limit, 1, 200), '/history_limit', 'must be from 1 to 200');
  need(
    a.fallback_text === null || (a.fallback_text !== '' && a.fallback_text.length <= 1600),
    '/fallback_text',
    'must be null or have 1 to 1600 characters',
  );
  return faults;
}

/** Standard Webhooks: the prefix and 24 to 64 bytes of base64. */
export function isWebhookSecret(secret: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) return false;
  const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length;
  return bytes >= 24 && bytes <= 64;
}

const channelsOf: Record<Provider, readonly Channel[]> = {
  twilio: ['sms', 'whatsapp'],
  meta: ['whatsapp'],
  http: channels,
  simulator: channels,
};

/** What each provider needs in `credentials`, and what it may have (api.md §2). Others are refused: a mistyped name would be a silent failure later. */
const credentialNames: Record<Provider, { needed: string[]; optional: string[] }> = {
  twilio: { needed: ['account_sid', 'auth_token'], optional: ['messaging_service_sid', 'api_base'] },
  meta: { needed: ['app_secret', 'verify_token', 'access_token', 'phone_number_id'], optional: ['api_base'] },
  http: { needed: ['secret'], optional: ['outbound_url'] },
  simulator: { needed: [], optional: [] },
};

export function channelAccountFaults(a: {
  provider: string;
  channel: string;
  address: string;
  credentials: Record<string, unknown> | undefined;
}): FieldFault[] {
  const provider = a.provider as Provider;
  const names = credentialNames[provider];
  if (!Object.hasOwn(credentialNames, a.provider))
    return [{ path: '/provider', message: `must be one of ${Object.keys(credentialNames).join(', ')}` }];
  const faults: FieldFault[] = [];
  if (!channelsOf[provider].some((channel) => channel === a.channel)) {
    faults.push({ path: '/channel', message: `must be one of ${channelsOf[provider].join(', ')} for ${provider}` });
  }
  if (a.address.trim() === '' || a.address.length > 200)
    faults.push({ path: '/address', message: 'must be the address we own there, at most 200 characters' });
  if (a.credentials === undefined) return faults;
  for (const name of names.needed) {
    if (typeof a.credentials[name] !== 'string' || a.credentials[name] === '')
      faults.push({ path: `/credentials/${name}`, message: `is needed for ${provider}` });
  }
  for (const [name, value] of Object.entries(a.credentials)) {
    if (![...names.needed, ...names.optional].includes(name))
      faults.push({ path: `/credentials/${name}`, message: `is not a credential of ${provider}` });
    else if (typeof value !== 'string' || value.length > 4096)
      faults.push({ path: `/credentials/${name}`, message: 'must be a text of at most 4096 characters' });
  }
  const secret = a.credentials['secret'];
  if (provider === 'http' && typeof secret === 'string' && secret !== '' && !isWebhookSecret(secret)) {
    faults.push({ path: '/credentials/secret', message: 'must be whsec_ and 24 to 64 bytes in base64' });
  }
  for (const name of ['outbound_url', 'api_base']) {
    const url = a.credentials[name];
    if (typeof url === 'string' && !isHttpUrl(url)) faults.push({ path: `/credentials/${name}`, message: 'must be an http or https URL' });
  }
  return faults;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol) && text.length <= 2000;
}

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
