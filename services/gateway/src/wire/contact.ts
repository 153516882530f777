import type {
  Erasure,
  OptOut as WireOptOut,
  ContactRecord as WireRecord,
} from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import type { Actor } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import type { Static } from 'typebox';
import type { ContactRecord, DeletedContact, OptOut } from '../schemas/contact.ts';
import { contactJson, present } from './conversation.ts';
import { iso, isoOrNull } from './time.ts';

export function contactRecordJson(r: WireRecord): ContactRecord {
  return {
    ...contactJson(present(r.contact)),
    addresses: r.addresses.map(({ kind, address }) => ({ kind, address })),
    merged_ids: r.mergedIds,
    conversation_count: r.conversationCount,
    created_at: iso(r.createdAt),
    updated_at: iso(r.updatedAt),
  };
}

export function optOutJson(o: WireOptOut): Static<typeof OptOut> {
  return { agent_id: o.agentId, address: o.address, keyword: o.keyword, created_at: iso(o.createdAt) };
}

export function actorJson(actor: Actor | undefined): { actor_kind: string; actor_id: string | null } {
  return { actor_kind: actor?.kind ?? 'system', actor_id: actor?.id || null };
}

export function erasureJson(e: Erasure): Static<typeof DeletedContact> {
  return {
    contact_id: e.contactId,
    deleted: true,
    erasure: {
      state: e.state === 'running' ? 'running' : 'done',
      conversations: e.conversations,
      messages: e.messages,
      requested_at: iso(e.requestedAt),
      erased_at: isoOrNull(e.erasedAt),
    },
  };
}
