import { migrate } from '@baton/db/migrate.ts';
import * as deadLetter from './migrations/20261120_dead_letter.ts';
import * as webhooks from './migrations/20261121_d_webhooks.ts';
import * as webhooksDisabled from './migrations/20261121_d_webhooks_disabled.ts';
import * as webhooksErasure from './migrations/20261121_d_webhooks_erasure.ts';
import * as survey from './migrations/20261122_e_survey.ts';
import * as replay from './migrations/20261123_r_replay.ts';

const migrations = {
  '20261120_dead_letter': deadLetter,
  '20261121_d_webhooks': webhooks,
  '20261121_d_webhooks_disabled': webhooksDisabled,
  '20261121_d_webhooks_erasure': webhooksErasure,
  '20261122_e_survey': survey,
  '20261123_r_replay': replay,
};

/** Brings the schema `delivery` up to date, as its owner. */
export function migrateDelivery(ownerUrl: string): Promise<void> {
  return migrate({ ownerUrl, schema: 'delivery', migrations });
}
