import { providerFacts } from '@baton/channels/capabilities.ts';
import type { Channel, Provider } from '@baton/contracts/vocabulary.ts';
import { type BackendFields, backendFaults, within } from './backend-rules.ts';
import { credentialFaults } from './credential-rules.ts';

/** A field that is wrong, and what to do about it. */
export interface FieldFault {
  path: string;
  message: string;
}

export interface AgentFields {
  display_name: string;
  language: string;
  backend: BackendFields;
  shadow_backend: BackendFields | null;
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
  const shadow = a.shadow_backend ? backendFaults(a.shadow_backend, '/shadow_backend') : [];
  return [...faults, ...backendFaults(a.backend, '/backend'), ...shadow];
}

export function channelAccountFaults(a: {
  provider: string;
  channel: string;
  address: string;
  credentials: Record<string, unknown> | undefined;
}): FieldFault[] {
  if (!Object.hasOwn(providerFacts, a.provider))
    return [{ path: '/provider', message: `must be one of ${Object.keys(providerFacts).join(', ')}` }];
  const facts = providerFacts[a.provider as Provider];
  const faults: FieldFault[] = [];
  const on = Object.hasOwn(facts, a.channel) ? facts[a.channel as Channel] : undefined;
  if (!on) faults.push({ path: '/channel', message: `must be one of ${Object.keys(facts).join(', ')} for ${a.provider}` });
  if (a.address.trim() === '' || a.address.length > 200)
    faults.push({ path: '/address', message: 'must be the address we own there, at most 200 characters' });
  if (on && a.credentials !== undefined) faults.push(...credentialFaults(a.credentials, on.credentials, '/credentials', a.provider));
  return faults;
}
