import type { Actor } from '../change-mode.ts';
import type { FieldFault } from '../directory/directory-rules.ts';
import { mergePatch } from '../json/merge-patch.ts';
import type { Ledger } from '../ledger.ts';
import { conversationPayload } from '../payloads.ts';
import type { Refusal } from '../refusals.ts';
import type { ContactAddressRow, ContactHistoryRow, ContactRow, ConversationRow, JsonObject } from '../rows.ts';
import { claimAddress, emailAddress, phoneNumber } from './contact.ts';

/** What is given stays as it is given; null clears. */
export interface ContactPatch {
  name?: string | null;
  phone?: string | null;
  email?: string | null;
  /** A merge patch. */
  attributes?: JsonObject | null;
}

/** Whose the addresses of a patch are, and which of the contact's own its conversations go by. */
export interface AddressBook {
  owners: { kind: string; address: string; contact_id: string }[];
  own: (ContactAddressRow & { in_use: boolean })[];
}

export const maxAttributes = 100;
export const maxAttributeBytes = 16 * 1024;

/** What is wrong with a patch by itself. Phone and e-mail must come in their one spelling. */
export function contactFaults(patch: ContactPatch): FieldFault[] {
  const faults: FieldFault[] = [];
  const { name, phone, email } = patch;
  if (typeof name === 'string' && (name.trim() === '' || name.length > 200))
    faults.push({ path: '/name', message: 'must have 1 to 200 characters' });
  if (typeof phone === 'string' && phoneNumber(phone) !== phone)
    faults.push({ path: '/phone', message: 'must be an E.164 number: +<country><number>' });
  if (typeof email === 'string' && emailAddress(email) !== email)
    faults.push({ path: '/email', message: 'must be an e-mail address in lower case' });
  return faults;
}

function attributeFaults(attributes: JsonObject): FieldFault[] {
  const names = Object.keys(attributes);
  if (names.length > maxAttributes) return [{ path: '/attributes', message: `may have at most ${maxAttributes} names` }];
  if (names.some((name) => name === '' || name.length > 100))
    return [{ path: '/attributes', message: 'must have names of 1 to 100 characters' }];
  if (Buffer.byteLength(JSON.stringify(attributes)) > maxAttributeBytes)
    return [{ path: '/attributes', message: `may hold at most ${maxAttributeBytes} bytes of JSON` }];
  return [];
}

/** Applies a patch to a working copy; answers the names of the fields that changed. */
export function changeContact(ledger: Ledger, contact: ContactRow, patch: ContactPatch, book: AddressBook): string[] | Refusal {
  const faults = contactFaults(patch);
  const before = { ...contact };
  if (patch.name !== undefined) contact.name = patch.name;
  if (patch.attributes !== undefined) {
    contact.attributes = patch.attributes === null ? {} : mergePatch(contact.attributes, patch.attributes);
    faults.push(...attributeFaults(contact.attributes));
  }
  if (faults.length > 0) return { code: 'contact_invalid', faults };
  for (const kind of ['phone', 'email'] as const) {
    const taken = setAddress(ledger, contact, { kind, address: patch[kind] }, book);
    if (taken) return taken;
  }
  return (['name', 'phone', 'email', 'attributes'] as const).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(contact[field]),
  );
}

/**
 * An address is one contact's. The one before stays theirs while a conversation of theirs goes by it, since the next message on it is still this person's;
 * otherwise it is free again.
 */
function setAddress(
  ledger: Ledger,
  contact: ContactRow,
  { kind, address }: { kind: 'phone' | 'email'; address: string | null | undefined },
  book: AddressBook,
): Refusal | undefined {
  const before = contact[kind];
  if (address === undefined || address === before) return undefined;
  const owner = address === null ? undefined : book.owners.find((one) => one.kind === kind && one.address === address);
  if (owner && owner.contact_id !== contact.contact_id) return { code: 'address_taken', field: kind, contactId: owner.contact_id };
  const released = book.own.find((one) => one.kind === kind && one.address === before);
  if (released && !released.in_use) {
    const { workspace_id, address: free } = released;
    ledger.also.contactAddressesGone.push({ workspace_id, kind, address: free });
  }
  if (address !== null && !owner) claimAddress(ledger, contact, { kind, address });
  contact[kind] = address;
  return undefined;
}

/**
 * Two contacts that are one person. What `into` has wins; what only `from` has is taken over; the earlier beginning counts. Conversations keep their channel,
 * account and remote address. `from` becomes a tombstone without data. Addresses and closed conversations are moved beside this, in the same commit.
 */
export function mergeContacts(ledger: Ledger, pair: { into: ContactRow; from: ContactRow; open: ConversationRow[] }): Refusal | undefined {
  const into = ledger.contact(pair.into);
  const from = ledger.contact(pair.from);
  into.name ??= from.name;
  into.phone ??= from.phone;
  into.email ??= from.email;
  into.attributes = { ...from.attributes, ...into.attributes };
  const faults = attributeFaults(into.attributes);
  if (faults.length > 0) return { code: 'contact_invalid', faults };
  if (from.created_at < into.created_at) into.created_at = from.created_at;
  Object.assign(from, { name: null, phone: null, email: null, attributes: {}, merged_into: into.contact_id } satisfies Partial<ContactRow>);
  for (const loaded of pair.open) {
    const conversation = ledger.conversation(loaded);
    if (conversation.contact_id !== from.contact_id) continue;
    conversation.contact_id = into.contact_id;
    ledger.emit(conversation, 'conversation.updated', conversationPayload(conversation));
  }
  return undefined;
}

/** Who did what to a contact: kept beyond the contact, so it names fields and never a value. */
export function recordContactChange(
  ledger: Ledger,
  contact: Pick<ContactRow, 'workspace_id' | 'contact_id'>,
  change: { action: ContactHistoryRow['action']; detail: JsonObject; actor: Actor },
): void {
  ledger.also.contactHistory.push({
    workspace_id: contact.workspace_id,
    contact_id: contact.contact_id,
    action: change.action,
    detail: change.detail,
    actor_kind: change.actor.kind,
    actor_id: change.actor.id,
    created_at: ledger.now,
  });
}
