import type { PastTurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import type { Directory } from '@baton/directory/watch.ts';
import type { RpcClient } from '@baton/rpc/client.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import type { BackendDeps } from '../turns/ask-backend.ts';

/** How replays are made; see `config.ts`. */
export interface ReplaySettings {
  /** Of one workspace at once. */
  openPerWorkspace: number;
  /** Turns under way at once: in this instance, and of one replay in all of them. */
  concurrency: number;
  concurrencyPerReplay: number;
  /** An instance that gives no sign of life for so long has lost its turns. */
  leaseMs: number;
  /** Replays are kept so long. */
  retentionMs: number;
}

export interface ReplayDeps extends Omit<BackendDeps, 'secrets' | 'breakers'> {
  db: Kysely<Tables>;
  pastTurns: Pick<RpcClient<PastTurnServiceClient>, 'planReplay' | 'getPastTurn'>;
  directory: Pick<Directory, 'agent'>;
  box: SecretBox;
  settings: ReplaySettings;
}
