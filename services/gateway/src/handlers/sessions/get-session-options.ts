import type { App, Deps } from '../../context.ts';
import { NoQuery } from '../../schemas/common.ts';
import { SessionOptions } from '../../schemas/session.ts';

const schema = {
  operationId: 'getSessionOptions',
  summary: 'How people can sign in',
  description: 'For everybody: what a page for signing in has to offer.',
  tags: ['Sessions'],
  querystring: NoQuery,
  response: { 200: SessionOptions },
};

export function getSessionOptions(app: App, deps: Deps): void {
  app.get('/v1/sessions/options', { schema }, async () => {
    const { oidc } = deps.config;
    return { oidc: oidc ? { label: oidc.label, start_url: `${deps.config.gatewayUrl}/v1/sessions/oidc/start` } : null };
  });
}
