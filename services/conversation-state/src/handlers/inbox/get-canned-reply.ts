import type { CannedReply, GetCannedReplyRequest } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { getCannedReply } from '../../store/inbox/inbox-queries.ts';
import type { Store } from '../../store/store.ts';
import { cannedReplyToWire } from '../../wire/inbox/canned-reply.ts';

export async function handleGetCannedReply({ store }: { store: Store }, request: GetCannedReplyRequest): Promise<CannedReply> {
  return cannedReplyToWire(await getCannedReply(store, request.workspaceId, request.cannedReplyId));
}
