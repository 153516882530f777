import { BatonError } from '@baton/errors/baton-error.ts';
import { Type } from 'typebox';
import type { App } from '../../context.ts';
import type { WidgetDeps } from '../../widget/deps.ts';
import { readThread } from '../../widget/thread.ts';
import { visitorOf } from '../../widget/visitor.ts';

const schema = {
  hide: true,
  params: Type.Object({ channel_account_id: Type.String() }),
  querystring: Type.Object({ page: Type.Optional(Type.String({ maxLength: 1000 })) }, { additionalProperties: false }),
};

/** `GET /widget/{channel_account_id}/messages?page=`: what was said with this visitor, oldest first, the newest page unless one is named. */
export function listThread(app: App, deps: WidgetDeps): void {
  app.get('/widget/:channel_account_id/messages', { schema }, async (request) => {
    const { account, visitor } = visitorOf(deps.accounts, request);
    const taken = deps.reads.take(visitor.visitorId);
    if (!taken.allowed)
      throw new BatonError('rate_limited', 'Too many requests; try again later.', { retryAfterSeconds: taken.retryAfterSeconds });
    const at = { workspaceId: account.workspaceId, channelAccountId: account.channelAccountId, visitorId: visitor.visitorId };
    const { messages, older } = await readThread(deps, at, request.query.page);
    return { messages, older };
  });
}
