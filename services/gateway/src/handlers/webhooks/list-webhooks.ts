import { type App, type Deps, workspaceOf } from '../../context.ts';
import { PageQuery } from '../../schemas/common.ts';
import { WebhookEndpointList } from '../../schemas/webhook.ts';
import { endpointJson } from '../../wire/webhook.ts';

const schema = {
  operationId: 'listWebhooks',
  summary: 'List webhook endpoints',
  tags: ['Webhooks'],
  querystring: PageQuery,
  response: { 200: WebhookEndpointList },
};

export function listWebhooks(app: App, deps: Deps): void {
  app.get('/v1/webhooks', { schema, config: { auth: { scope: 'read' } } }, async (request) => {
    const { page_size: pageSize = 50, page_token } = request.query;
    const cursor = deps.pageTokens.open(request, page_token);
    const answer = await deps.webhooks.listEndpoints({ workspaceId: workspaceOf(request), pageSize, cursor });
    return { webhooks: answer.endpoints.map(endpointJson), next_page_token: deps.pageTokens.sign(request, answer.nextCursor) };
  });
}
