import { statement } from '@baton/db/pipeline.ts';
import type { ContactAddressRow, ContactRow, ConversationRow } from '../../domain/rows.ts';
import { conversationDates } from '../load.ts';

/** $1 ids, each followed to what it was merged into. */
const standing = `array(select coalesce(merged_into, contact_id) from conversation.contact where contact_id = any($1::text[]))`;

/** In the order of their ids, so that two merges cannot wait for each other in a circle. One that was merged while we waited is returned as a tombstone. */
export const lockContacts = statement<ContactRow>(
  'lock_contacts',
  `select * from conversation.contact where contact_id = any(${standing}) order by contact_id for update`,
);

export const lockConversationsOfContacts = statement<{ conversation_id: string }>(
  'lock_conversations_of_contacts',
  `select conversation_id from conversation.conversation where contact_id = any(${standing}) order by conversation_id for update`,
);

export const loadOpenConversationsOfContacts = statement<ConversationRow>(
  'load_open_conversations_of_contacts',
  `select * from conversation.conversation where contact_id = any(${standing}) and closed_at is null`,
  conversationDates,
);

/** Their addresses, and whether a conversation of theirs goes by each. */
export const loadAddressesOfContacts = statement<ContactAddressRow & { in_use: boolean }>(
  'load_addresses_of_contacts',
  `select a.*, exists (select 1 from conversation.conversation c where c.contact_id = a.contact_id and c.remote_address = a.address) as in_use
   from conversation.contact_address a where a.contact_id = any(${standing}) order by a.kind, a.address`,
);

export const loadTombstones = statement<{ contact_id: string; merged_into: string }>(
  'load_tombstones',
  `select contact_id, merged_into from conversation.contact where merged_into = any(${standing}) order by contact_id`,
);

export const countConversations = statement<{ contact_id: string; conversations: number }>(
  'count_conversations',
  `select contact_id, count(*)::int as conversations from conversation.conversation where contact_id = any(${standing}) group by contact_id`,
);

/** $1 from, $2 into: what a merge moves besides rows that others may hold. */
export const moveAddresses = statement<unknown>(
  'move_addresses',
  `update conversation.contact_address set contact_id = $2 where contact_id = $1`,
);
export const moveClosedConversations = statement<unknown>(
  'move_closed_conversations',
  `update conversation.conversation set contact_id = $2 where contact_id = $1 and closed_at is not null`,
);
export const moveTombstones = statement<unknown>(
  'move_tombstones',
  `update conversation.contact set merged_into = $2 where merged_into = $1`,
);

/** $1: the contact, its tombstones and its addresses. */
export const removeContact = statement<unknown>(
  'remove_contact',
  `delete from conversation.contact where contact_id = $1 or merged_into = $1`,
);
export const removeAddresses = statement<unknown>('remove_addresses', `delete from conversation.contact_address where contact_id = $1`);
