import type {
  Note as WireNote,
  CannedReply as WireReply,
  TagChange as WireTagChange,
} from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import type { CannedReply, Note, TagChange } from '../schemas/inbox.ts';
import { actorJson } from './contact.ts';
import { iso, isoOrNull } from './time.ts';

export function cannedReplyJson(r: WireReply): CannedReply {
  const { actor_kind: updated_by_kind, actor_id: updated_by_id } = actorJson(r.updatedBy);
  return {
    canned_reply_id: r.cannedReplyId,
    shortcut: r.shortcut,
    title: r.title,
    text: r.text,
    language: r.language ?? null,
    tags: r.tags,
    updated_by_kind,
    updated_by_id,
    created_at: iso(r.createdAt),
    updated_at: iso(r.updatedAt),
  };
}

export function tagChangeJson(c: WireTagChange): TagChange {
  return {
    name: c.tag,
    becomes: c.becomes ?? null,
    state: c.state === 'running' ? 'running' : 'done',
    conversations: c.conversations,
    requested_at: iso(c.requestedAt),
    done_at: isoOrNull(c.doneAt),
  };
}

export function noteJson(n: WireNote): Note {
  const { actor_kind: author_kind, actor_id: author_id } = actorJson(n.author);
  const { actor_kind: updated_by_kind, actor_id: updated_by_id } = actorJson(n.updatedBy);
  return {
    note_id: n.noteId,
    conversation_id: n.conversationId,
    text: n.text,
    author_kind,
    author_id,
    updated_by_kind,
    updated_by_id,
    created_at: iso(n.createdAt),
    updated_at: iso(n.updatedAt),
  };
}
