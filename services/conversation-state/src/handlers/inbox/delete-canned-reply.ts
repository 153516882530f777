import { type DeleteCannedReplyRequest, DeleteCannedReplyResponse } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { notFound } from '@baton/errors/baton-error.ts';
import { loadCannedReply, removing } from '../../commands/canned-replies.ts';
import { decideOnce } from '../../commands/run.ts';
import type { Store } from '../../store/store.ts';
import { contextFromWire } from '../../wire/context.ts';

const codec = { kind: 'delete_canned_reply', encode: DeleteCannedReplyResponse.encode, decode: DeleteCannedReplyResponse.decode };

export function handleDeleteCannedReply(
  { store }: { store: Store },
  request: DeleteCannedReplyRequest,
): Promise<DeleteCannedReplyResponse> {
  const context = contextFromWire(request.context);
  const { cannedReplyId } = request;
  return decideOnce(store, {
    context,
    codec,
    load: (pipeline) => loadCannedReply(pipeline, context, { id: cannedReplyId, shortcut: '' }),
    decide: (_ledger, at, steps) => {
      if (!at.present) return notFound('canned reply', cannedReplyId);
      steps.push(removing(cannedReplyId));
      return { cannedReplyId };
    },
  });
}
