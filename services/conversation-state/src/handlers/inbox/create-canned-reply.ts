import type { CannedReply, CreateCannedReplyRequest } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { loadCannedReply, storing } from '../../commands/canned-replies.ts';
import { decideOnce } from '../../commands/run.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';
import { applyCannedReply, cannedReplyCodec, cannedReplyFields, cannedReplyToWire } from '../../wire/inbox/canned-reply.ts';

const blank = { shortcut: '', title: '', text: '', language: null, tags: [] };

export async function handleCreateCannedReply({ store }: { store: Store }, request: CreateCannedReplyRequest): Promise<CannedReply> {
  const context = contextFromWire(request.context);
  const given = applyCannedReply(blank, request.cannedReply, cannedReplyFields);
  if (given instanceof Error) throw given;
  const id = newId('cannedReply');
  return decideOnce(store, {
    context,
    codec: cannedReplyCodec,
    load: (pipeline) => loadCannedReply(pipeline, context, { id, shortcut: given.shortcut }),
    decide: (ledger, at, steps) => {
      const row = {
        canned_reply_id: id,
        workspace_id: context.workspaceId,
        ...given,
        actor_kind: context.actor.kind,
        actor_id: context.actor.id,
        created_at: ledger.now,
        updated_at: ledger.now,
      };
      const step = storing(row, at);
      if (step instanceof Error) return step;
      steps.push(step);
      return cannedReplyToWire(row);
    },
  });
}
