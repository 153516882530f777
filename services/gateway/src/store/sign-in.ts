import { inWorkspaces } from '@baton/db/scope.ts';
import { type Kysely, sql } from 'kysely';
import type { TokenPurpose } from '../domain/sign-in/words.ts';
import type { Tables } from './tables.ts';
import { signOutIn } from './users.ts';

/** Somebody, in the one workspace that they are of. */
export interface Person {
  workspaceId: string;
  userId: string;
}

/** Everybody with this address who has a password and is not switched off, whoever signed in last first; of one workspace where it is named. */
export async function findPasswords(
  db: Kysely<Tables>,
  email: string,
  workspaceId: string | undefined,
): Promise<(Person & { passwordHash: string })[]> {
  const { rows } = await sql<{ workspace_id: string; user_id: string; password_hash: string }>`/* prepared */
    select workspace_id, user_id, password_hash from access.find_passwords(${email}, ${workspaceId ?? null})`.execute(db);
  return rows.map((row) => ({ workspaceId: row.workspace_id, userId: row.user_id, passwordHash: row.password_hash }));
}

/** undefined: they have none. */
export async function findPassword(db: Kysely<Tables>, userId: string): Promise<string | undefined> {
  const { rows } = await sql<{ found: string | null }>`select access.find_password(${userId}) as found`.execute(db);
  return rows[0]?.found ?? undefined;
}

/** The same password by other parameters: nothing else changes. */
export async function rehashPassword(db: Kysely<Tables>, { workspaceId, userId }: Person, passwordHash: string): Promise<void> {
  await inWorkspaces(db, [workspaceId], (trx) =>
    trx.updateTable('access.users').set({ password_hash: passwordHash }).where('user_id', '=', userId).execute(),
  );
}

/** Another password: whoever is signed in as this person, is no longer, and no link counts. */
export async function setPassword(db: Kysely<Tables>, { workspaceId, userId }: Person, passwordHash: string): Promise<void> {
  await inWorkspaces(db, [workspaceId], async (trx) => {
    const change = { password_hash: passwordHash, updated_at: sql<Date>`now()` };
    await trx.updateTable('access.users').set(change).where('user_id', '=', userId).execute();
    await signOutIn(trx, userId);
  });
}

/** A link to set a password takes the place of the one before. */
export async function insertToken(
  db: Kysely<Tables>,
  token: Person & { hash: Buffer; purpose: TokenPurpose; expiresAt: Date },
): Promise<void> {
  const { workspaceId, userId, purpose } = token;
  await inWorkspaces(db, [workspaceId], async (trx) => {
    if (purpose === 'set_password')
      await trx.deleteFrom('access.one_time_tokens').where('user_id', '=', userId).where('purpose', '=', purpose).execute();
    await trx
      .insertInto('access.one_time_tokens')
      .values({ token_hash: token.hash, workspace_id: workspaceId, user_id: userId, purpose, expires_at: token.expiresAt })
      .execute();
  });
}

/** Whom the token is for. undefined: it is unknown, used, too old, for something else, or of somebody who is switched off. */
export async function findToken(db: Kysely<Tables>, hash: Buffer, purpose: TokenPurpose): Promise<Person | undefined> {
  const { rows } = await sql<PersonRow>`select workspace_id, user_id from access.find_one_time_token(${hash}, ${purpose})`.execute(db);
  return personIn(rows);
}

/** The same, and uses it up: of two who do so at the same moment one is answered undefined. */
export async function redeemToken(db: Kysely<Tables>, hash: Buffer, purpose: TokenPurpose): Promise<Person | undefined> {
  const { rows } = await sql<PersonRow>`select workspace_id, user_id from access.redeem_one_time_token(${hash}, ${purpose})`.execute(db);
  return personIn(rows);
}

interface PersonRow {
  workspace_id: string;
  user_id: string;
}

function personIn([row]: PersonRow[]): Person | undefined {
  return row && { workspaceId: row.workspace_id, userId: row.user_id };
}

export interface AttemptSubject {
  hash: Buffer;
  /** Attempts before each one makes the next one wait. */
  free: number;
  /** About one person, who starts anew once they are in. */
  own: boolean;
}

/** Counts an attempt to sign in. Answers the seconds to wait where it may not be made now; 0: go on. */
export async function takeAttempt(db: Kysely<Tables>, subjects: AttemptSubject[]): Promise<number> {
  const hashes = subjects.map(({ hash }) => hash);
  const free = subjects.map((subject) => subject.free);
  const { rows } = await sql<{ wait: number }>`
    select access.take_sign_in_attempt(${hashes}::bytea[], ${free}::int[], interval '6 hours') as wait`.execute(db);
  return rows[0]?.wait ?? 0;
}

/** They are in: what was counted against them no longer is. */
export async function forgetAttempts(db: Kysely<Tables>, subjects: AttemptSubject[]): Promise<void> {
  const of = (own: boolean) => subjects.filter((subject) => subject.own === own).map(({ hash }) => hash);
  await sql`select access.forget_sign_in_attempts(${of(true)}::bytea[], ${of(false)}::bytea[])`.execute(db);
}
