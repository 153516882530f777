import { isId } from '@baton/contracts/ids.ts';
import { BatonError, invalidField, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Tables } from '../store/tables.ts';
import { getUser, type UserRow } from '../store/users.ts';

/** A change that no message told of is noticed within this time. */
const staleMs = 1000;

/** Looks up the people that requests act for, each about once a second. */
export class UserRing {
  readonly #db: Kysely<Tables>;
  readonly #users = new LRUCache<string, Promise<UserRow>>({ max: 20_000, ttl: staleMs });

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** The person that `Baton-User` names; undefined where none is named. Throws where the workspace has no such user, or has switched them off. */
  async actingIn(workspaceId: string | undefined, request: FastifyRequest): Promise<UserRow | undefined> {
    const named = request.headers['baton-user'];
    if (named === undefined) return undefined;
    if (workspaceId === undefined) throw invalidField('Baton-User', 'names a user of a workspace, and this request is about none');
    if (typeof named !== 'string' || !isId('user', named)) throw notFound('user', String(named).slice(0, 64));
    const user = await this.#find(workspaceId, named);
    if (!user.enabled) throw new BatonError('forbidden', 'This user is switched off.');
    return user;
  }

  forget(userId: string): void {
    for (const id of this.#users.keys()) if (id.endsWith(userId)) this.#users.delete(id);
  }

  /** Remembered by workspace as well: a user of another one does not exist, whoever has just asked for them there. */
  #find(workspaceId: string, userId: string): Promise<UserRow> {
    const id = `${workspaceId} ${userId}`;
    const known = this.#users.get(id);
    if (known) return known;
    const answer = getUser(this.#db, workspaceId, userId);
    this.#users.set(id, answer);
    answer.catch(() => {
      // A failure is not an answer: the next request asks again.
      if (this.#users.peek(id) === answer) this.#users.delete(id);
    });
    return answer;
  }
}
