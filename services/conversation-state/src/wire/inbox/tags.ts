import type { TagChange } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { TagChangeRow } from '../../domain/inbox/rows.ts';
import { normalTag, normalTags } from '../../domain/inbox/tags.ts';

const rule = 'must have 1 to 100 characters, none of them a control character';

export function tagsFromWire(given: string[], path = '/tags'): string[] {
  const tags = normalTags(given);
  if (!tags) throw invalidField(path, rule);
  return tags;
}

export function tagFromWire(given: string, path: string): string {
  const tag = normalTag(given);
  if (tag === undefined) throw invalidField(path, rule);
  return tag;
}

export function tagChangeToWire(row: TagChangeRow): TagChange {
  return {
    tag: row.tag,
    becomes: row.becomes ?? undefined,
    state: row.state,
    conversations: row.conversations,
    requestedAt: row.requested_at,
    doneAt: row.done_at ?? undefined,
  };
}
