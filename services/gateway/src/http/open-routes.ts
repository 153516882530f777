import { consoleAssets, consolePages } from '../console/pages.ts';

/** What asks for no API key, each by decision: who is let in, and why it may be. Every other route has a guard, or the gateway does not start. */
const openRoutes: ReadonlySet<string> = new Set([
  // The machinery of the installation; a proxy keeps them from the world.
  ...['/healthz', '/readyz', '/metrics'],
  // What Baton is, the same for everybody.
  ...['/openapi.json', '/asyncapi.yaml', '/llms.txt', '/llms-full.txt', '/docs', '/docs/', '/docs/js/scalar.js'],
  // The chat on others' pages: its program is for everybody, its conversations are for visitors, who show a token of their own.
  ...['/widget.js', '/widget/demo', '/widget/assets/:file'],
  ...['/widget/:channel_account_id/session', '/widget/:channel_account_id/messages', '/widget/:channel_account_id/stream'],
  // The console's program, which is for everybody; what it shows comes from routes with a guard.
  ...consolePages,
  consoleAssets,
  // A file, for whoever was given its sealed link.
  '/attachments/:token',
  // Where people show who they are.
  ...['POST /v1/sessions', '/v1/sessions/password', '/v1/sessions/options', '/v1/sessions/oidc/start', '/v1/sessions/oidc/callback'],
]);

/** A route of the API among them is documented, and limited by address. */
export function isOpen(method: string | string[], url: string): boolean {
  return openRoutes.has(url) || [method].flat().every((one) => openRoutes.has(`${one} ${url}`));
}
