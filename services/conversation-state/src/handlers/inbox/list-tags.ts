import type { ListTagsRequest, ListTagsResponse } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { listTags } from '../../store/inbox/inbox-queries.ts';
import type { Store } from '../../store/store.ts';
import { pageSize } from '../../wire/page.ts';

export async function handleListTags({ store }: { store: Store }, request: ListTagsRequest): Promise<ListTagsResponse> {
  const found = await listTags(store, request.workspaceId, { size: pageSize(request.pageSize), cursor: request.cursor });
  return { tags: found.rows.map(({ tag, conversations }) => ({ name: tag, conversations })), nextCursor: found.next };
}
