import { inWorkspaces } from '@baton/db/scope.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Role } from '../domain/role.ts';
import type { SignInMethod } from '../domain/sign-in/words.ts';
import type { Tables } from './tables.ts';
import type { UserRow } from './users.ts';

/** A session that counts at this moment, and whose it is. */
export interface LiveSession {
  sessionId: string;
  tokenHash: Buffer;
  workspaceId: string;
  user: UserRow;
  /** However much it is used. */
  expiresAt: Date;
}

interface FoundSession {
  session_id: string;
  workspace_id: string;
  expires_at: Date;
  user_id: string;
  email: string;
  display_name: string;
  role: Role;
  enabled: boolean;
  has_password: boolean;
  last_signed_in_at: Date | null;
  user_created_at: Date;
  user_updated_at: Date;
}

/** The session with this hash; undefined: unknown, ended, too old, or of somebody who is switched off. */
export async function findSession(db: Kysely<Tables>, hash: Buffer): Promise<LiveSession | undefined> {
  const { rows } = await sql<FoundSession>`/* prepared */ select * from access.find_session(${hash})`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const { session_id, workspace_id, expires_at, user_created_at, user_updated_at, ...user } = row;
  return {
    sessionId: session_id,
    tokenHash: hash,
    workspaceId: workspace_id,
    user: { ...user, created_at: user_created_at, updated_at: user_updated_at },
    expiresAt: expires_at,
  };
}

/** Notes that these sessions were used just now. */
export async function touchSessions(db: Kysely<Tables>, sessionIds: string[], idleSeconds: number): Promise<void> {
  await sql`select access.touch_sessions(${sessionIds}, ${`${idleSeconds} seconds`}::interval)`.execute(db);
}

export interface NewSession {
  sessionId: string;
  tokenHash: Buffer;
  workspaceId: string;
  userId: string;
  method: SignInMethod;
  ip: string;
  userAgent: string;
  idleSeconds: number;
  lifeSeconds: number;
}

/** Begins a session. Throws `not_found` where the person has gone or been switched off meanwhile. */
export function insertSession(db: Kysely<Tables>, s: NewSession): Promise<void> {
  return inWorkspaces(db, [s.workspaceId], async (trx) => {
    const updated = await trx
      .updateTable('access.users')
      .set({ last_signed_in_at: sql<Date>`now()` })
      .where('user_id', '=', s.userId)
      .where('enabled', '=', true)
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) throw notFound('user', s.userId);
    await trx
      .insertInto('access.sessions')
      .values({
        session_id: s.sessionId,
        workspace_id: s.workspaceId,
        user_id: s.userId,
        token_hash: s.tokenHash,
        method: s.method,
        ip: s.ip,
        user_agent: s.userAgent,
        idle_expires_at: sql<Date>`now() + ${s.idleSeconds}::int * interval '1 second'`,
        expires_at: sql<Date>`now() + ${s.lifeSeconds}::int * interval '1 second'`,
      })
      .execute();
  });
}

const columns = ['session_id', 'user_id', 'method', 'ip', 'user_agent', 'created_at', 'last_used_at', 'expires_at'] as const;
export type SessionRow = Pick<Selectable<Tables['access.sessions']>, (typeof columns)[number]>;

/** Those that count, newest first. */
export function listSessions(
  db: Kysely<Tables>,
  workspaceId: string,
  o: { size: number; before: string; userId: string | undefined },
): Promise<{ sessions: SessionRow[]; next: string }> {
  return inWorkspaces(db, [workspaceId], async (trx) => {
    let query = trx
      .selectFrom('access.sessions')
      .select(columns)
      .where('workspace_id', '=', workspaceId)
      .where(sql<boolean>`least(idle_expires_at, expires_at) > now()`)
      .orderBy('session_id', 'desc')
      .limit(o.size + 1);
    if (o.before !== '') query = query.where('session_id', '<', o.before);
    if (o.userId !== undefined) query = query.where('user_id', '=', o.userId);
    const found = await query.execute();
    const sessions = found.slice(0, o.size);
    return { sessions, next: found.length > o.size ? sessions.at(-1)!.session_id : '' };
  });
}

/** Ends a session for good and answers what it was. `ofUser`: only one of theirs. Throws `not_found`. */
export function deleteSession(
  db: Kysely<Tables>,
  at: { workspaceId: string; sessionId: string; ofUser?: string | undefined },
): Promise<SessionRow> {
  return inWorkspaces(db, [at.workspaceId], (trx) => {
    let query = trx.deleteFrom('access.sessions').where('workspace_id', '=', at.workspaceId).where('session_id', '=', at.sessionId);
    if (at.ofUser !== undefined) query = query.where('user_id', '=', at.ofUser);
    return query.returning(columns).executeTakeFirstOrThrow(() => notFound('session', at.sessionId));
  });
}
