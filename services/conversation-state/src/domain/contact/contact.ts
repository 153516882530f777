import type { Ledger } from '../ledger.ts';
import type { ContactRow, JsonObject } from '../rows.ts';

/** One person has one phone number on several channels; other addresses belong to their channel alone. */
export function addressKind(channel: string): string {
  return channel === 'sms' || channel === 'whatsapp' || channel === 'voice' ? 'phone' : channel;
}

/** An e-mail address in its one spelling; undefined when it is none. */
export function emailAddress(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  return email.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined;
}

/** A phone number in its one spelling; undefined when it is none. */
export function phoneNumber(text: string): string | undefined {
  const number = text.trim();
  return /^\+[1-9]\d{5,14}$/.test(number) ? number : undefined;
}

/** How the addresses that are somebody's already are named in a set. */
export const addressKey = (kind: string, address: string) => `${kind} ${address}`;

/** A contact as it is born. */
export function newContact(ledger: Ledger, workspaceId: string, known: Partial<ContactRow>): ContactRow {
  return ledger.addContact({
    contact_id: ledger.moment.newId('contact'),
    workspace_id: workspaceId,
    name: null,
    phone: null,
    email: null,
    attributes: {},
    version: 1,
    merged_into: null,
    erased_at: null,
    created_at: ledger.now,
    updated_at: ledger.now,
    ...known,
  });
}

/** Somebody behind an address that was nobody's. */
export function meetContact(
  ledger: Ledger,
  at: { workspace_id: string; kind: string; address: string; attributes: JsonObject; taken: Set<string> },
): ContactRow {
  const phone = at.kind === 'phone' ? at.address : null;
  const contact = newContact(ledger, at.workspace_id, { phone, attributes: at.attributes });
  claimAddress(ledger, contact, at);
  if (at.kind === 'email') contact.email = at.address;
  at.taken.add(addressKey(at.kind, at.address));
  return contact;
}

/** A phone number or e-mail address of the contact, heard in passing: kept unless they have one, or it is somebody else's. */
export function learnAddress(ledger: Ledger, contact: ContactRow, at: { kind: 'phone' | 'email'; told: string; taken: Set<string> }): void {
  const address = at.kind === 'phone' ? phoneNumber(at.told) : emailAddress(at.told);
  if (contact[at.kind] !== null || address === undefined || at.taken.has(addressKey(at.kind, address))) return;
  contact[at.kind] = address;
  at.taken.add(addressKey(at.kind, address));
  claimAddress(ledger, contact, { kind: at.kind, address });
}

export function claimAddress(ledger: Ledger, contact: ContactRow, at: { kind: string; address: string }): void {
  const { workspace_id, contact_id } = contact;
  ledger.also.contactAddresses.push({ workspace_id, kind: at.kind, address: at.address, contact_id });
}
