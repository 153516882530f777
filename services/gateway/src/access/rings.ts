import type { Kysely } from 'kysely';
import { type ApiKey, findKey, touchKeys } from '../store/api-keys.ts';
import { findSession, type LiveSession, touchSessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import { CredentialRing } from './credential-ring.ts';

export type KeyRing = CredentialRing<ApiKey>;
export type SessionRing = CredentialRing<LiveSession>;

export function createKeyRing(db: Kysely<Tables>): KeyRing {
  return new CredentialRing<ApiKey>({
    find: (hash) => findKey(db, hash),
    touch: (ids) => touchKeys(db, ids, new Date()),
    idOf: (key) => key.keyId,
    concerns: (key, id) => key.keyId === id,
  });
}

/** `idleSeconds`: so long a session lasts that nobody uses. */
export function createSessionRing(db: Kysely<Tables>, idleSeconds: number): SessionRing {
  return new CredentialRing<LiveSession>({
    find: (hash) => findSession(db, hash),
    touch: (ids) => touchSessions(db, ids, idleSeconds),
    idOf: (session) => session.sessionId,
    concerns: (session, id) => session.sessionId === id || session.user.user_id === id,
  });
}
