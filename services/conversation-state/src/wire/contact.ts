import { type ContactChange, ContactRecord } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import type { ContactView } from '../commands/contacts.ts';
import type { ContactPatch } from '../domain/contact/contact-rules.ts';
import type { ContactHistoryRow, JsonObject } from '../domain/rows.ts';
import { contactToWire } from './conversation.ts';

export const contactCodec = { kind: 'contact', encode: ContactRecord.encode, decode: ContactRecord.decode };

export function contactRecord(view: ContactView): ContactRecord {
  return {
    contact: contactToWire(view.row),
    addresses: view.addresses.map(({ kind, address }) => ({ kind, address })),
    mergedIds: view.mergedIds,
    conversationCount: view.conversations,
    createdAt: view.row.created_at,
    updatedAt: view.row.updated_at,
  };
}

interface GivenContact {
  name?: string | undefined;
  phone?: string | undefined;
  email?: string | undefined;
  attributes?: Record<string, unknown> | undefined;
}

/** Only the fields that are named; one that is named and absent is cleared. */
export function contactPatch(request: GivenContact, fields: readonly string[]): ContactPatch {
  return {
    ...(fields.includes('name') && { name: request.name ?? null }),
    ...(fields.includes('phone') && { phone: request.phone ?? null }),
    ...(fields.includes('email') && { email: request.email ?? null }),
    ...(fields.includes('attributes') && { attributes: (request.attributes as JsonObject | undefined) ?? null }),
  };
}

/** The addresses that a patch would make the contact's. */
export function wantedAddresses(patch: ContactPatch): { kind: string; address: string }[] {
  return (['phone', 'email'] as const).flatMap((kind) => (patch[kind] ? [{ kind, address: patch[kind] }] : []));
}

export function contactChangeToWire(row: ContactHistoryRow): ContactChange {
  return {
    contactId: row.contact_id,
    action: row.action,
    detail: row.detail,
    actor: { kind: row.actor_kind, id: row.actor_id },
    createdAt: row.created_at,
  };
}
