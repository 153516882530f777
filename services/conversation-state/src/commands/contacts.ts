import type { Pipeline } from '@baton/db/pipeline.ts';
import { type BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { AddressBook } from '../domain/contact/contact-rules.ts';
import type { ContactAddressRow, ContactRow } from '../domain/rows.ts';
import { countConversations, loadAddressesOfContacts, loadTombstones, lockContacts } from '../store/contact/contacts.ts';
import { loadContacts } from '../store/load.ts';
import { type CommandContext, findResult, type StoredAnswer, storedResult } from './state.ts';

/** A contact with everything that is shown of it. */
export interface ContactView {
  row: ContactRow;
  addresses: Pick<ContactAddressRow, 'kind' | 'address'>[];
  mergedIds: string[];
  conversations: number;
}

export interface ContactState {
  contacts: ContactRow[];
  addresses: (ContactAddressRow & { in_use: boolean })[];
  tombstones: { contact_id: string; merged_into: string }[];
  counts: { contact_id: string; conversations: number }[];
  owners: AddressBook['owners'];
  earlier: StoredAnswer | undefined;
}

/** Everything that commands about contacts decide by, read under the locks of these contacts; `wanted`: addresses whose owner matters. */
export async function loadContactState(
  pipeline: Pipeline,
  context: CommandContext,
  o: { ids: string[]; wanted?: { kind: string; address: string }[] },
): Promise<ContactState> {
  const values = [o.ids];
  const wanted = o.wanted ?? [];
  const keys = [wanted.map(() => context.workspaceId), wanted.map((one) => one.kind), wanted.map((one) => one.address)];
  const [contacts, [earlier, addresses, tombstones, counts, owners]] = await pipeline.readAfter({ statement: lockContacts, values }, [
    findResult(context.commandId),
    { statement: loadAddressesOfContacts, values },
    { statement: loadTombstones, values },
    { statement: countConversations, values },
    { statement: loadContacts, values: keys },
  ]);
  // Merged away while we waited for the lock: with a look at what stands now the command finds what it became.
  if (contacts.some((row) => row.merged_into !== null)) throw Object.assign(new Error('a contact was merged'), { code: '40001' });
  return { contacts, addresses, tombstones, counts, owners, earlier: storedResult(earlier) };
}

/** The contact of an id, also of one that was merged into it. An erased one does not exist. */
export function contactIn(state: ContactState, id: string): ContactRow | BatonError {
  const into = state.tombstones.find((one) => one.contact_id === id)?.merged_into ?? id;
  const row = state.contacts.find((one) => one.contact_id === into && one.erased_at === null);
  return row ?? notFound('contact', id);
}

export function viewOf(state: ContactState, row: ContactRow): ContactView {
  const mine = <T extends { contact_id: string }>(one: T) => one.contact_id === row.contact_id;
  return {
    row,
    addresses: state.addresses.filter(mine),
    mergedIds: state.tombstones.filter((one) => one.merged_into === row.contact_id).map((one) => one.contact_id),
    conversations: state.counts.find(mine)?.conversations ?? 0,
  };
}

/** The addresses as they are once the ledger's changes stand. */
export function addressesAfter(
  state: ContactState,
  contactId: string,
  changes: { contactAddresses: ContactAddressRow[]; contactAddressesGone: { kind: string; address: string }[] },
): ContactView['addresses'] {
  const gone = (one: ContactAddressRow) =>
    changes.contactAddressesGone.some((other) => other.kind === one.kind && other.address === one.address);
  const all = [...state.addresses.filter((one) => !gone(one)), ...changes.contactAddresses].filter((one) => one.contact_id === contactId);
  return all.sort((a, b) => (`${a.kind} ${a.address}` < `${b.kind} ${b.address}` ? -1 : 1));
}
