import { inWorkspaces } from '@baton/db/scope.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import { type Expression, type ExpressionBuilder, type Kysely, type Selectable, type SqlBool, sql, type Transaction } from 'kysely';
import type { Scope } from '../domain/api-key.ts';
import type { Tables } from './tables.ts';

/** A key as it is managed: everything but the secret. */
export interface ManagedKey {
  keyId: string;
  partnerId: string | null;
  name: string;
  hint: string;
  scopes: Scope[];
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** Until when a secret that was replaced is accepted too. */
  previousValidUntil: Date | null;
}

export interface NewKey {
  keyId: string;
  /** Whose key: one of the two. */
  workspaceId?: string;
  partnerId?: string;
  name: string;
  hash: Buffer;
  hint: string;
  scopes: Scope[];
  expiresAt?: Date | null;
  /** The same command again replaces the secret of the key that it has made. */
  commandId?: string;
}

/** Stores a key; the key itself is known only to the caller. Answers its id, which is another one when the command had made it before. */
export async function insertKey(db: Kysely<Tables>, key: NewKey): Promise<string> {
  const owner = key.workspaceId ?? key.partnerId;
  if (owner === undefined) throw new Error('A key belongs to a workspace or to a partner.');
  const row = await inWorkspaces(db, [owner], (trx) =>
    trx
      .insertInto('access.api_keys')
      .values({
        key_id: key.keyId,
        workspace_id: key.workspaceId ?? null,
        partner_id: key.partnerId ?? null,
        name: key.name,
        key_hash: key.hash,
        hint: key.hint,
        scopes: key.scopes,
        expires_at: key.expiresAt ?? null,
        command_id: key.commandId ?? null,
      })
      .onConflict((on) => on.column('command_id').doUpdateSet({ key_hash: key.hash, hint: key.hint }))
      .returning('key_id')
      .executeTakeFirstOrThrow(),
  );
  return row.key_id;
}

/** Newest first. `owner`: the workspace or partner whose keys they are, here and below. */
export function listKeys(
  db: Kysely<Tables>,
  owner: string,
  o: { size: number; before: string; includeRevoked: boolean },
): Promise<{ keys: ManagedKey[]; next: string }> {
  return inWorkspaces(db, [owner], async (trx) => {
    let query = selectKeys(trx, owner)
      .orderBy('key_id', 'desc')
      .limit(o.size + 1);
    if (o.before !== '') query = query.where('key_id', '<', o.before);
    if (!o.includeRevoked) query = query.where('revoked_at', 'is', null);
    const keys = (await query.execute()).map(managed);
    const page = keys.slice(0, o.size);
    return { keys: page, next: keys.length > o.size ? page.at(-1)!.keyId : '' };
  });
}

export function getKey(db: Kysely<Tables>, owner: string, keyId: string): Promise<ManagedKey> {
  return inWorkspaces(db, [owner], (trx) => find(trx, owner, keyId));
}

/** Fields not given stay. Throws `last_admin_key` where nobody could administrate any more, unless forced. */
export function changeKey(
  db: Kysely<Tables>,
  at: { owner: string; keyId: string; force: boolean },
  change: { name?: string | undefined; scopes?: Scope[] | undefined; expiresAt?: Date | null | undefined },
): Promise<ManagedKey> {
  return inWorkspaces(db, [at.owner], async (trx) => {
    await lockAdmins(trx, at.owner);
    const key = await findValid(trx, at);
    if (change.scopes && !change.scopes.includes('admin')) await keepAnAdmin(trx, at, key);
    await trx
      .updateTable('access.api_keys')
      .set({
        name: change.name ?? key.name,
        scopes: change.scopes ?? key.scopes,
        expires_at: change.expiresAt === undefined ? key.expiresAt : change.expiresAt,
      })
      .where('key_id', '=', at.keyId)
      .execute();
    return find(trx, at.owner, at.keyId);
  });
}

/** Ends the key and every secret it had. A key that is revoked already stays as it is. */
export function revokeKey(db: Kysely<Tables>, at: { owner: string; keyId: string; force: boolean }): Promise<ManagedKey> {
  return inWorkspaces(db, [at.owner], async (trx) => {
    await lockAdmins(trx, at.owner);
    const key = await find(trx, at.owner, at.keyId);
    if (key.revokedAt) return key;
    await keepAnAdmin(trx, at, key);
    await trx.updateTable('access.api_keys').set({ revoked_at: sql`now()` }).where('key_id', '=', at.keyId).execute();
    return find(trx, at.owner, at.keyId);
  });
}

/** Gives the key another secret. The one before, and any older one that still counts, is accepted until its own time is over. */
export function rotateKey(
  db: Kysely<Tables>,
  at: { owner: string; keyId: string },
  next: { hash: Buffer; hint: string; overlapSeconds: number },
): Promise<ManagedKey> {
  return inWorkspaces(db, [at.owner], async (trx) => {
    const { key_hash } = await trx
      .selectFrom('access.api_keys')
      .select('key_hash')
      .where('key_id', '=', at.keyId)
      .where(ownedBy(at.owner))
      .forUpdate()
      .executeTakeFirstOrThrow(() => notFound('API key', at.keyId));
    await findValid(trx, at);
    await trx.updateTable('access.api_keys').set({ key_hash: next.hash, hint: next.hint }).where('key_id', '=', at.keyId).execute();
    if (next.overlapSeconds > 0)
      await trx
        .insertInto('access.retired_secrets')
        .values({
          key_hash,
          key_id: at.keyId,
          workspace_id: at.owner,
          expires_at: sql`now() + ${next.overlapSeconds}::int * interval '1 second'`,
        })
        .execute();
    return find(trx, at.owner, at.keyId);
  });
}

async function find(trx: Transaction<Tables>, owner: string, keyId: string): Promise<ManagedKey> {
  const row = await selectKeys(trx, owner).where('key_id', '=', keyId).executeTakeFirst();
  if (!row) throw notFound('API key', keyId);
  return managed(row);
}

async function findValid(trx: Transaction<Tables>, at: { owner: string; keyId: string }): Promise<ManagedKey> {
  const key = await find(trx, at.owner, at.keyId);
  if (key.revokedAt) throw new BatonError('conflict', 'The key is revoked for good; make another one.');
  return key;
}

/** Two keys that revoke each other at the same moment must not both find the other one valid. */
async function lockAdmins(trx: Transaction<Tables>, owner: string): Promise<void> {
  await trx
    .selectFrom('access.api_keys')
    .select('key_id')
    .where(ownedBy(owner))
    .where('revoked_at', 'is', null)
    .orderBy('key_id')
    .forUpdate()
    .execute();
}

async function keepAnAdmin(trx: Transaction<Tables>, at: { owner: string; keyId: string; force: boolean }, key: ManagedKey): Promise<void> {
  if (at.force || !key.scopes.includes('admin')) return;
  const other = await trx
    .selectFrom('access.api_keys')
    .select('key_id')
    .where(ownedBy(at.owner))
    .where('key_id', '<>', at.keyId)
    .where('revoked_at', 'is', null)
    .where(sql<boolean>`'admin' = any(scopes) and (expires_at is null or expires_at > now())`)
    .limit(1)
    .executeTakeFirst();
  if (!other)
    throw new BatonError('last_admin_key', 'Without this key nobody could make another one; make one first, or repeat with ?force=true.');
}

function ownedBy(owner: string): (eb: ExpressionBuilder<Tables, 'access.api_keys'>) => Expression<SqlBool> {
  return (eb) => eb.or([eb('workspace_id', '=', owner), eb('partner_id', '=', owner)]);
}

const columns = ['key_id', 'partner_id', 'name', 'hint', 'scopes', 'created_at', 'last_used_at', 'expires_at', 'revoked_at'] as const;

function selectKeys(trx: Transaction<Tables>, owner: string) {
  return trx
    .selectFrom('access.api_keys')
    .select(columns)
    .select((eb) =>
      eb
        .selectFrom('access.retired_secrets as r')
        .select((inner) => inner.fn.max('r.expires_at').as('until'))
        .whereRef('r.key_id', '=', 'access.api_keys.key_id')
        .where('r.expires_at', '>', sql<Date>`now()`)
        .as('previous_valid_until'),
    )
    .where(ownedBy(owner));
}

type KeyRow = Pick<Selectable<Tables['access.api_keys']>, (typeof columns)[number]> & { previous_valid_until: Date | null };

function managed(row: KeyRow): ManagedKey {
  return {
    keyId: row.key_id,
    partnerId: row.partner_id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    previousValidUntil: row.previous_valid_until,
  };
}
