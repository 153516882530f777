import type { CannedReply as WireReply, TagChange as WireTagChange } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import type { CannedReply, TagChange } from '../schemas/inbox.ts';
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
