import type { CannedReply, UpdateCannedReplyRequest } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { loadCannedReply, storing } from '../../commands/canned-replies.ts';
import { decideOnce } from '../../commands/run.ts';
import { normalShortcut } from '../../domain/inbox/canned-reply.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { applyCannedReply, cannedReplyCodec, cannedReplyToWire } from '../../wire/inbox/canned-reply.ts';

/** What is not named stays. */
export async function handleUpdateCannedReply({ store }: { store: Store }, request: UpdateCannedReplyRequest): Promise<CannedReply> {
  const context = contextFromWire(request.context);
  const at = { id: request.cannedReplyId, shortcut: normalShortcut(request.cannedReply?.shortcut ?? '') };
  return decideOnce(store, {
    context,
    codec: cannedReplyCodec,
    load: (pipeline) => loadCannedReply(pipeline, context, at),
    decide: (ledger, loaded, steps) => {
      const { present } = loaded;
      if (!present) return notFound('canned reply', request.cannedReplyId);
      const { kind: actor_kind, id: actor_id } = context.actor;
      const changed = applyCannedReply(present, request.cannedReply, request.fields);
      if (changed instanceof Error) return changed;
      const row = { ...present, ...changed, actor_kind, actor_id, updated_at: ledger.now };
      const step = storing(row, request.fields.includes('shortcut') ? loaded : { ...loaded, owner: undefined });
      if (step instanceof Error) return step;
      steps.push(step);
      return cannedReplyToWire(row);
    },
  });
}
