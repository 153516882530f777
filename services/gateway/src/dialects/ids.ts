import { type IdKind, idFromUuid, isId, uuidOfId } from '@baton/contracts/ids.ts';
import { invalidField, notFound } from '@baton/errors/baton-error.ts';

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The id that a dialect's client names: by its UUID, which is what such a client is shown, or as it is. undefined when it can be neither. */
export function idOf(kind: IdKind, given: string): string | undefined {
  if (uuid.test(given)) return idFromUuid(kind, given);
  return isId(kind, given) ? given : undefined;
}

/** The id in a path; what can't be one does not exist. */
export function idInPath(kind: IdKind, what: string, given: string): string {
  const id = idOf(kind, given);
  if (id === undefined) throw notFound(what, given.slice(0, 64));
  return id;
}

/** The id that a list is filtered by; undefined when none was given. */
export function idInQuery(kind: IdKind, name: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const id = idOf(kind, given);
  if (id === undefined) throw invalidField(name, 'must be a UUID');
  return id;
}

/** The UUID inside an id of ours. */
export function uuidOf(kind: IdKind, id: string): string {
  const found = uuidOfId(kind, id);
  if (found === undefined) throw new Error(`${id} is not an id of a ${kind}.`);
  return found;
}
