import { CannedReply } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import { type CannedReplyFields, cannedReplyFaults, normalShortcut } from '../../domain/inbox/canned-reply.ts';
import type { CannedReplyRow } from '../../domain/inbox/rows.ts';
import { normalTags } from '../../domain/inbox/tags.ts';

export const cannedReplyCodec = { kind: 'canned_reply', encode: CannedReply.encode, decode: CannedReply.decode };

export const cannedReplyFields = ['shortcut', 'title', 'text', 'language', 'tags'] as const;

export function cannedReplyToWire(row: CannedReplyRow): CannedReply {
  return {
    cannedReplyId: row.canned_reply_id,
    shortcut: row.shortcut,
    title: row.title,
    text: row.text,
    language: row.language ?? undefined,
    tags: row.tags,
    updatedBy: { kind: row.actor_kind, id: row.actor_id },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The fields as they are once those named stand as given, or what is wrong with them. */
export function applyCannedReply(
  present: CannedReplyFields,
  given: CannedReply | undefined,
  fields: readonly string[],
): CannedReplyFields | BatonError {
  if (!given) return invalidField('/canned_reply', 'is missing');
  const next: CannedReplyFields = {
    shortcut: fields.includes('shortcut') ? normalShortcut(given.shortcut) : present.shortcut,
    title: fields.includes('title') ? given.title : present.title,
    text: fields.includes('text') ? given.text : present.text,
    language: fields.includes('language') ? (given.language ?? null) : present.language,
    tags: fields.includes('tags') ? (normalTags(given.tags) ?? given.tags) : present.tags,
  };
  const faults = cannedReplyFaults(next);
  const [first] = faults;
  return first ? new BatonError('validation_error', `${first.path} ${first.message}.`, { problems: faults }) : next;
}
