import { idFromUuid } from '@baton/contracts/ids.ts';
import { migrate } from '@baton/db/migrate.ts';
import { openDatabase } from '@baton/db/open.ts';
import { sql } from 'kysely';
import { scopes, secretHash } from '../domain/api-key.ts';
import * as access from './migrations/20261120_access.ts';
import type { Tables } from './tables.ts';

/** The partner that the installation itself is: fixed, so that a new bootstrap key still reaches the workspaces made with the old one. */
export const installationPartnerId = idFromUuid('partner', '00000000-0000-7000-8000-000000000000');

const bootstrapKeyId = idFromUuid('apiKey', '00000000-0000-7000-8000-000000000000');

/** Brings the schema up to date as its owner and sees to it that the bootstrap partner key (and no earlier one) is accepted. */
export async function migrateAccess(o: { ownerUrl: string; bootstrapPartnerKey: string | undefined }): Promise<void> {
  await migrate({ ownerUrl: o.ownerUrl, schema: 'access', migrations: { '20261120_access': access } });
  if (o.bootstrapPartnerKey === undefined) return;
  await using owner = openDatabase<Tables>({ url: o.ownerUrl, name: 'baton-gateway-bootstrap', poolSize: 1 });
  await owner.db
    .insertInto('access.api_keys')
    .values({
      key_id: bootstrapKeyId,
      workspace_id: null,
      partner_id: installationPartnerId,
      name: 'bootstrap',
      key_hash: secretHash(o.bootstrapPartnerKey),
      scopes: [...scopes],
    })
    // One row for ever: a changed key replaces the hash, and the old key stops working.
    .onConflict((on) => on.column('key_id').doUpdateSet({ key_hash: sql`excluded.key_hash`, revoked_at: null }))
    .execute();
}
