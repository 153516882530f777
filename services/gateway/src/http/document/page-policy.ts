import { createHash } from 'node:crypto';
import type { App } from '../../context.ts';

/**
 * What the page of the reference may do: run its own file and the one script that stands in the page (named by its hash, so that no other would run),
 * and ask this installation. Without it the policy of every answer would keep the page empty.
 */
export function allowReference(app: App, path: string, publicUrl: string): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isPage = request.url.startsWith(path) && String(reply.getHeader('content-type')).startsWith('text/html');
    if (isPage && typeof payload === 'string') reply.header('content-security-policy', policyOf(payload, new URL(publicUrl).origin));
    return payload;
  });
}

function policyOf(page: string, origin: string): string {
  const scripts = [...page.matchAll(/<script(?:\s+type="[^"]*")?>([\s\S]*?)<\/script>/g)];
  const hashes = scripts.map(([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`,
    // It writes its styles into the page.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self' ${origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
