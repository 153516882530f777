import { type IdKind, isId } from '@baton/contracts/ids.ts';
import type { Channel } from '@baton/contracts/vocabulary.ts';
import { invalidField, notFound } from '@baton/errors/baton-error.ts';
import { anyAddress, normalAddress, ownAddress } from '../domain/address.ts';

/** The id if it has the shape of one of that kind; anything else does not exist, and is told so without asking. */
export function requireId(kind: IdKind, what: string, id: string): string {
  if (!isId(kind, id)) throw notFound(what, id.slice(0, 64));
  return id;
}

/** A place in a list, from 0. */
export function requireIndex(what: string, index: string): number {
  if (!/^\d{1,4}$/.test(index)) throw notFound(what, index.slice(0, 64));
  return Number(index);
}

/** A customer's address in its one spelling; `path` is the field it came in. */
export function requireAddress(channel: Channel, path: string, address: string): string {
  return normalAddress(channel, address) ?? refuseAddress(channel, path);
}

/** An address of a channel that is not told; `path` is the parameter it came in. */
export function requireAnyAddress(path: string, address: string): string {
  const normal = anyAddress(address);
  if (normal === undefined) throw invalidField(path, 'is not an address; phone numbers read +<country><number>');
  return normal;
}

/** One of our addresses in its one spelling; empty when none was given. */
export function requireOwnAddress(channel: Channel, path: string, address: string | undefined): string {
  if (address === undefined) return '';
  return ownAddress(channel, address) ?? refuseAddress(channel, path);
}

function refuseAddress(channel: Channel, path: string): never {
  throw invalidField(path, `is not an address of the channel ${channel}; phone numbers read +<country><number>`);
}
