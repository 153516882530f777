import type { Kysely } from 'kysely';
import type { Replays } from '../../replays/replays.ts';
import type { Tables } from '../../store/tables.ts';

export interface ReplayHandlerDeps {
  db: Kysely<Tables>;
  replays: Pick<Replays, 'deps' | 'wake' | 'cutOff'>;
}
