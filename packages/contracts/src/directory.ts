import type { Channel, Provider } from './vocabulary.ts';

/** An AES-256-GCM envelope; see `@baton/runtime/secret-box.ts`. */
export interface SealedSecret {
  key_id: string;
  iv: string;
  tag: string;
  data: string;
}

/** Value of `workspace.<id>` in the directory bucket. */
export interface DirectoryWorkspace {
  workspace_id: string;
  name: string;
  partner_id: string | null;
}

export const backendKinds = ['webhook', 'openai', 'echo', 'none'] as const;
export type BackendKind = (typeof backendKinds)[number];

/** What is asked of a server that speaks OpenAI's chat completions. */
export interface OpenAiSettings {
  model: string;
  system_prompt: string;
  temperature: number | null;
  max_output_tokens: number | null;
  /** null: as many messages as the agent's history_limit says. */
  history_tokens: number | null;
  stream: boolean;
  handoff_tool: boolean;
  image_urls: boolean;
}

/** How an agent's AI is reached. */
export interface DirectoryBackend {
  kind: BackendKind;
  /** Of `openai` the base URL. */
  url: string | null;
  /** For one attempt. */
  timeout_ms: number;
  /** Signing secret of a webhook, API key of `openai`. */
  secret: SealedSecret | null;
  /** With `openai` only. */
  openai?: OpenAiSettings;
}

/** Value of `agent.<id>`. */
export interface DirectoryAgent {
  agent_id: string;
  workspace_id: string;
  display_name: string;
  language: string;
  enabled: boolean;
  backend: DirectoryBackend;
  /** Asked the same; what it says is never sent. Absent in entries from before there was one. */
  shadow_backend?: DirectoryBackend | null;
  fallback_text: string | null;
}

/** Value of `channel_account.<id>`. `credentials` opens (JSON object, api.md §2) with the service's secret keys. */
export interface DirectoryChannelAccount {
  channel_account_id: string;
  workspace_id: string;
  provider: Provider;
  channel: Channel;
  address: string;
  agent_id: string;
  enabled: boolean;
  credentials: SealedSecret | null;
}
