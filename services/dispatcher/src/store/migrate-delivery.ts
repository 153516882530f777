import { migrate } from '@baton/db/migrate.ts';
import * as deadLetter from './migrations/20261120_dead_letter.ts';

/** Brings the schema `delivery` up to date, as its owner. */
export function migrateDelivery(ownerUrl: string): Promise<void> {
  return migrate({ ownerUrl, schema: 'delivery', migrations: { '20261120_dead_letter': deadLetter } });
}
