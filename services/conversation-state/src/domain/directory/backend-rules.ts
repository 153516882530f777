import { backendKinds, type OpenAiSettings } from '@baton/contracts/directory.ts';
import { unknownVariables } from '@baton/contracts/prompt.ts';
import { isHttpUrl } from './credential-rules.ts';
import type { FieldFault } from './directory-rules.ts';

export interface BackendFields {
  kind: string;
  url: string;
  timeout_ms: number;
  hasSecret: boolean;
  openai?: OpenAiSettings | undefined;
}

type Need = (fine: boolean, path: string, message: string) => void;

/** What is wrong with how an agent's AI is to be reached; empty when it can be stored. */
export function backendFaults(b: BackendFields, at: string): FieldFault[] {
  const faults: FieldFault[] = [];
  const need: Need = (fine, path, message) => {
    if (!fine) faults.push({ path: `${at}${path}`, message });
  };
  need(
    backendKinds.some((kind) => kind === b.kind),
    '/kind',
    `must be one of ${backendKinds.join(', ')}`,
  );
  need(within(b.timeout_ms, 1000, 120_000), '/timeout_ms', 'must be from 1000 to 120000');
  if (b.kind === 'webhook') {
    need(isHttpUrl(b.url), '/url', 'must be an http or https URL');
    need(b.hasSecret, '/secret', 'is needed to sign requests to a webhook: whsec_ and 24 to 64 bytes in base64');
  }
  if (b.kind === 'openai') {
    need(isBaseUrl(b.url), '/base_url', 'must be an http or https URL without a query, such as https://api.openai.com/v1');
    need(b.openai !== undefined, '/model', 'is missing');
    if (b.openai) modelFaults(b.openai, need);
  }
  return faults;
}

function modelFaults(o: OpenAiSettings, need: Need): void {
  need(o.model.trim() !== '' && o.model.length <= 200, '/model', 'must have 1 to 200 characters');
  need(o.system_prompt.length <= 32_000, '/system_prompt', 'must have at most 32000 characters');
  const unknown = unknownVariables(o.system_prompt);
  need(unknown.length === 0, '/system_prompt', `has unknown variables: ${unknown.slice(0, 5).map(inBraces).join(', ')}`);
  need(o.temperature === null || (o.temperature >= 0 && o.temperature <= 2), '/temperature', 'must be null or from 0 to 2');
  need(o.max_output_tokens === null || within(o.max_output_tokens, 1, 100_000), '/max_output_tokens', 'must be null or from 1 to 100000');
  need(o.history_tokens === null || within(o.history_tokens, 100, 2_000_000), '/history_tokens', 'must be null or from 100 to 2000000');
}

const inBraces = (name: string) => `{{${name.slice(0, 60)}}}`;

/** The path of an operation is appended to it. */
function isBaseUrl(text: string): boolean {
  if (!isHttpUrl(text)) return false;
  const { search, hash } = new URL(text);
  return search === '' && hash === '';
}

export function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
