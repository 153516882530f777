import type { ListCannedRepliesRequest, ListCannedRepliesResponse } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { normalTag } from '../../domain/inbox/tags.ts';
import { listCannedReplies } from '../../store/inbox/inbox-queries.ts';
import type { Store } from '../../store/store.ts';
import { cannedReplyToWire } from '../../wire/inbox/canned-reply.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListCannedReplies(
  { store }: { store: Store },
  request: ListCannedRepliesRequest,
): Promise<ListCannedRepliesResponse> {
  const { query, language, tag, cursor } = request;
  const found = await listCannedReplies(store, request.workspaceId, {
    ...(query !== undefined && { query }),
    ...(language !== undefined && { language }),
    ...(tag !== undefined && { tag: normalTag(tag) ?? tag }),
    size: pageSize(request.pageSize),
    cursor,
  });
  return { cannedReplies: found.rows.map(cannedReplyToWire), nextCursor: found.next };
}
