import { BatonError } from '@baton/errors/baton-error.ts';
import type { App, Deps } from '../../context.ts';
import { RateLimits } from '../../http/rate-limits.ts';
import { sendAttachment } from './send-attachment.ts';

/** The address itself is the permission. Guessing one is hopeless; asking for many is slowed down by the limit of refused credentials. */
export function openAttachmentLink(app: App, deps: Deps): void {
  const refused = new RateLimits(deps.config.failureLimit);
  app.get('/attachments/:token', { schema: { hide: true } }, async (request, reply) => {
    const { token } = request.params as { token: string };
    const name = deps.attachmentLinks.open(token, new Date());
    if (!name) {
      const { allowed, retryAfterSeconds } = refused.take(request.ip);
      if (!allowed) throw new BatonError('rate_limited', 'Too many requests; try again later.', { retryAfterSeconds });
      throw new BatonError('not_found', 'This link is not valid, or its time is over.');
    }
    // Pages of other hosts show it in an image or a player: that is what the link is for.
    reply.header('cross-origin-resource-policy', 'cross-origin');
    return sendAttachment(deps, { request, reply }, name);
  });
}
