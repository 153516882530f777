import type { Pipeline, Step } from '@baton/db/pipeline.ts';
import { statement } from '@baton/db/pipeline.ts';
import { erasedThread } from '../domain/contact/erased.ts';
import { loadOpenConversationsOfContacts, lockConversationsOfContacts, removeAddresses } from '../store/contact/contacts.ts';
import { loadOpenSends, loadTurns } from '../store/load.ts';
import { type ContactState, loadContactState } from './contacts.ts';
import type { CommandContext } from './state.ts';

const loadRemoteAddresses = statement<{ address: string }>(
  'load_remote_addresses',
  `select distinct remote_address as address from conversation.conversation where contact_id = any($1::text[])`,
);

const sealConversations = statement<unknown>(
  'seal_conversations',
  `update conversation.conversation set remote_address = '${erasedThread('')}' || conversation_id, subject = null, mail_thread = null, tags = '{}', metadata = '{}',
   last_message_preview = null, unread = false, needs_handoff = false where contact_id = $1 and closed_at is not null`,
);

// An opt-out outlives its address: to write again to somebody who said STOP, because their data was erased, would be the worse wrong.
const hashOptOuts = statement<unknown>(
  'hash_opt_outs',
  `insert into conversation.erased_opt_out (workspace_id, agent_id, address_hash, keyword, created_at)
   select o.workspace_id, o.agent_id, conversation.address_hash(w.suppression_salt, o.address), 'erased', o.created_at
   from conversation.opt_out o join conversation.workspace w using (workspace_id)
   where o.workspace_id = $1 and o.address = any($2::text[]) on conflict do nothing`,
);
const removeOptOuts = statement<unknown>(
  'remove_opt_outs',
  `delete from conversation.opt_out where workspace_id = $1 and address = any($2::text[])`,
);
const removeOptOutHistory = statement<unknown>(
  'remove_opt_out_history',
  `delete from conversation.opt_out_history where workspace_id = $1 and address = any($2::text[])`,
);

const beginErasure = statement<unknown>(
  'begin_erasure',
  `insert into conversation.erasure
     (workspace_id, contact_id, state, step, place, addresses, conversations, messages, actor_kind, actor_id, requested_at)
   values ($1, $2, 'running', 'messages', '{}', $3, $4, 0, $5, $6, $7)`,
);

export type ErasureLoaded = ContactState & Awaited<ReturnType<typeof loadTraffic>>;

/** Conversations before contacts, as the inbound path takes them. */
export async function loadForErasure(pipeline: Pipeline, context: CommandContext, contactId: string): Promise<ErasureLoaded> {
  await pipeline.run([{ statement: lockConversationsOfContacts, values: [[contactId]] }]);
  const state = await loadContactState(pipeline, context, { ids: [contactId] });
  return { ...state, ...(await loadTraffic(pipeline, contactId, state)) };
}

async function loadTraffic(pipeline: Pipeline, contactId: string, state: ContactState) {
  const [open, remote] = await pipeline.run([
    { statement: loadOpenConversationsOfContacts, values: [[contactId]] },
    { statement: loadRemoteAddresses, values: [state.contacts.map((row) => row.contact_id)] },
  ]);
  const ids = open.map((row) => row.conversation_id);
  const [openSends, turns] = await pipeline.run([
    { statement: loadOpenSends, values: [ids] },
    { statement: loadTurns, values: [ids] },
  ]);
  const known = [...remote.map((one) => one.address), ...state.addresses.map((one) => one.address)];
  return { open, openSends, turns, remoteAddresses: [...new Set(known)] };
}

/** The statements beside the ledger: what closed conversations, addresses and opt-outs tell, and the note of what is still to be erased. */
export function erasureSteps(
  context: CommandContext,
  at: { contactId: string; addresses: string[]; conversations: number; now: Date },
): Step<unknown>[] {
  const { workspaceId, actor } = context;
  const byAddress = [workspaceId, at.addresses];
  return [
    { statement: sealConversations, values: [at.contactId] },
    { statement: removeAddresses, values: [at.contactId] },
    { statement: hashOptOuts, values: byAddress },
    { statement: removeOptOuts, values: byAddress },
    { statement: removeOptOutHistory, values: byAddress },
    {
      statement: beginErasure,
      values: [workspaceId, at.contactId, at.addresses, at.conversations, actor.kind, actor.id, at.now],
    },
  ];
}
