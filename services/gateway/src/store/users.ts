import { inWorkspaces } from '@baton/db/scope.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Role } from '../domain/role.ts';
import type { Tables } from './tables.ts';

const columns = [
  'user_id',
  'email',
  'display_name',
  'role',
  'enabled',
  'has_password',
  'last_signed_in_at',
  'created_at',
  'updated_at',
] as const;
export type UserRow = Pick<Selectable<Tables['access.users']>, (typeof columns)[number]>;

export interface UserFields {
  email: string;
  display_name: string;
  role: Role;
  enabled: boolean;
}

/** Stores a user; the same command again finds the one that it has made. Throws `conflict` when the address is taken. */
export function insertUser(
  db: Kysely<Tables>,
  workspaceId: string,
  user: UserFields & { userId: string; commandId: string; now: Date },
): Promise<UserRow> {
  const { userId, commandId, now, ...fields } = user;
  return inWorkspaces(db, [workspaceId], (trx) =>
    trx
      .insertInto('access.users')
      .values({ user_id: userId, workspace_id: workspaceId, command_id: commandId, created_at: now, updated_at: now, ...fields })
      .onConflict((on) => on.column('command_id').doUpdateSet({ updated_at: now }))
      .returning(columns)
      .executeTakeFirstOrThrow(),
  ).catch(refuseTaken);
}

/** Newest first. */
export function listUsers(
  db: Kysely<Tables>,
  workspaceId: string,
  o: { size: number; before: string; role?: Role | undefined; enabled?: boolean | undefined },
): Promise<{ users: UserRow[]; next: string }> {
  return inWorkspaces(db, [workspaceId], async (trx) => {
    let query = trx
      .selectFrom('access.users')
      .select(columns)
      .where('workspace_id', '=', workspaceId)
      .orderBy('user_id', 'desc')
      .limit(o.size + 1);
    if (o.before !== '') query = query.where('user_id', '<', o.before);
    if (o.role !== undefined) query = query.where('role', '=', o.role);
    if (o.enabled !== undefined) query = query.where('enabled', '=', o.enabled);
    const found = await query.execute();
    const users = found.slice(0, o.size);
    return { users, next: found.length > o.size ? users.at(-1)!.user_id : '' };
  });
}

/** Throws `not_found`. */
export function getUser(db: Kysely<Tables>, workspaceId: string, userId: string): Promise<UserRow> {
  return inWorkspaces(db, [workspaceId], (trx) => find(trx, workspaceId, userId));
}

/** In any letter case. */
export function findByEmail(db: Kysely<Tables>, workspaceId: string, email: string): Promise<UserRow | undefined> {
  return inWorkspaces(db, [workspaceId], (trx) =>
    trx
      .selectFrom('access.users')
      .select(columns)
      .where('workspace_id', '=', workspaceId)
      .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', email.toLowerCase()))
      .executeTakeFirst(),
  );
}

/** Fields not given stay; whoever may do something else from now on, or gets links elsewhere, is signed out. Throws `last_owner` when no enabled owner would be left. */
export function changeUser(
  db: Kysely<Tables>,
  at: { workspaceId: string; userId: string; now: Date },
  change: Partial<UserFields>,
): Promise<UserRow> {
  return inWorkspaces(db, [at.workspaceId], async (trx) => {
    const before = await keepAnOwner(trx, at, (user) => ({ ...user, ...change }));
    await trx
      .updateTable('access.users')
      .set({ ...change, updated_at: at.now })
      .where('user_id', '=', at.userId)
      .execute();
    const after = await find(trx, at.workspaceId, at.userId);
    if ((['role', 'enabled', 'email'] as const).some((name) => before[name] !== after[name])) await signOutIn(trx, at.userId);
    return after;
  }).catch(refuseTaken);
}

/** Removes name and address for good; what the person did stays under the id. Answers the user as they were. */
export function deleteUser(db: Kysely<Tables>, at: { workspaceId: string; userId: string }): Promise<UserRow> {
  return inWorkspaces(db, [at.workspaceId], async (trx) => {
    const user = await keepAnOwner(trx, at, () => undefined);
    await trx.deleteFrom('access.users').where('user_id', '=', at.userId).execute();
    return user;
  });
}

/** Ends all sessions of a person and the links that would begin another one. */
export async function signOutIn(trx: Transaction<Tables>, userId: string): Promise<void> {
  await trx.deleteFrom('access.sessions').where('user_id', '=', userId).execute();
  await trx.deleteFrom('access.one_time_tokens').where('user_id', '=', userId).execute();
}

async function find(trx: Transaction<Tables>, workspaceId: string, userId: string): Promise<UserRow> {
  return trx
    .selectFrom('access.users')
    .select(columns)
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow(() => notFound('user', userId));
}

/** Answers the user; holds all owners until the transaction ends, so that two cannot remove each other at the same moment. */
async function keepAnOwner(
  trx: Transaction<Tables>,
  at: { workspaceId: string; userId: string },
  after: (user: UserRow) => UserRow | undefined,
): Promise<UserRow> {
  const owners = await trx
    .selectFrom('access.users')
    .select('user_id')
    .where('workspace_id', '=', at.workspaceId)
    .where('role', '=', 'owner')
    .where('enabled', '=', true)
    .orderBy('user_id')
    .forUpdate()
    .execute();
  const user = await find(trx, at.workspaceId, at.userId);
  const next = after(user);
  const stays = next?.role === 'owner' && next.enabled;
  if (!stays && owners.length === 1 && owners[0]!.user_id === at.userId)
    throw new BatonError('last_owner', 'This is the only owner who is not switched off; make another one first.');
  return user;
}

function refuseTaken(error: unknown): never {
  if ((error as { constraint?: string }).constraint === 'users_email')
    throw new BatonError('conflict', 'Another user of this workspace has this e-mail address.');
  throw error;
}
