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

/** Value of `agent.<id>`. */
export interface DirectoryAgent {
  agent_id: string;
  workspace_id: string;
  display_name: string;
  language: string;
  enabled: boolean;
  backend: { kind: 'webhook' | 'echo' | 'none'; url: string | null; timeout_ms: number; secret: SealedSecret | null };
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
