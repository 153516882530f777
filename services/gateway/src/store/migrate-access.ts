import { idFromUuid } from '@baton/contracts/ids.ts';
import { migrate } from '@baton/db/migrate.ts';
import { openDatabase } from '@baton/db/open.ts';
import { sql } from 'kysely';
import { hintOf, scopes, secretHash } from '../domain/api-key.ts';
import * as access from './migrations/20261120_access.ts';
import * as keys from './migrations/20261121_f1_keys.ts';
import * as users from './migrations/20261121_f2_users.ts';
import * as audit from './migrations/20261121_f3_audit.ts';
import * as sessions from './migrations/20261123_l_sessions.ts';
import type { Tables } from './tables.ts';

/** The partner that the installation itself is: fixed, so that a new bootstrap key still reaches the workspaces made with the old one. */
export const installationPartnerId = idFromUuid('partner', '00000000-0000-7000-8000-000000000000');

export const bootstrapKeyId = idFromUuid('apiKey', '00000000-0000-7000-8000-000000000000');

/** Brings the schema up to date as its owner and sees to it that the bootstrap partner key (and no earlier one) is accepted. */
export async function migrateAccess(o: { ownerUrl: string; bootstrapPartnerKey: string | undefined }): Promise<void> {
  const migrations = {
    '20261120_access': access,
    '20261121_f1_keys': keys,
    '20261121_f2_users': users,
    '20261121_f3_audit': audit,
    '20261123_l_sessions': sessions,
  };
  await migrate({ ownerUrl: o.ownerUrl, schema: 'access', migrations });
  await using owner = openDatabase<Tables>({ url: o.ownerUrl, name: 'baton-gateway-bootstrap', poolSize: 1 });
  if (o.bootstrapPartnerKey === undefined) {
    await owner.db
      .updateTable('access.api_keys')
      .set({ revoked_at: sql`now()` })
      .where('key_id', '=', bootstrapKeyId)
      .where('revoked_at', 'is', null)
      .execute();
    return;
  }
  const hint = hintOf(o.bootstrapPartnerKey);
  await owner.db
    .insertInto('access.api_keys')
    .values({
      key_id: bootstrapKeyId,
      workspace_id: null,
      partner_id: installationPartnerId,
      name: 'bootstrap',
      key_hash: secretHash(o.bootstrapPartnerKey),
      hint,
      scopes: [...scopes],
    })
    // One row for ever: a changed key replaces the hash, and the old key stops working.
    .onConflict((on) => on.column('key_id').doUpdateSet({ key_hash: sql`excluded.key_hash`, hint, revoked_at: null }))
    .execute();
}
