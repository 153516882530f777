import { randomBytes } from 'node:crypto';
import type { Account } from '@baton/channels/provider.ts';
import { type ClaimedUser, isVouchedFor, visitorIdOf } from '@baton/channels/web/identity.ts';
import { isDueForRenewal, openVisitor, sealVisitor } from '@baton/channels/web/visitor-token.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { Type } from 'typebox';
import type { App } from '../../context.ts';
import { RateLimits } from '../../http/rate-limits.ts';
import type { WidgetDeps } from '../../widget/deps.ts';

const User = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200 }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    email: Type.Optional(Type.String({ maxLength: 320 })),
    hash: Type.String({ maxLength: 128 }),
  },
  { additionalProperties: false },
);

const schema = {
  hide: true,
  body: Type.Object(
    { token: Type.Optional(Type.String({ maxLength: 4096 })), user: Type.Optional(User) },
    { title: 'CreateWidgetSession', additionalProperties: false },
  ),
};
const params = Type.Object({ channel_account_id: Type.String() });

/**
 * `POST /widget/{channel_account_id}/session`: who the visitor is from here on. A token that still holds keeps its visitor (renewed once a day); a user that the
 * host's server vouches for is the same visitor everywhere; anybody else is a new one.
 */
export function createWidgetSession(app: App, { accounts, config }: WidgetDeps): void {
  // Whoever makes visitors by the thousand comes from many addresses; what it costs is bounded per account. Those who have a token are not held up by it.
  const newVisitors = new RateLimits(config.widgetSessionLimit);
  app.post(
    '/widget/:channel_account_id/session',
    { schema: { ...schema, params }, config: { optionalBody: true } },
    async (request, reply) => {
      if (request.headers.origin === undefined) throw new BatonError('forbidden', 'A session is for a page of an allowed origin.');
      const { account, agentName, hasAi } = accounts.get(request.params.channel_account_id);
      const now = new Date();
      const { token: given, user } = request.body;
      const held = given === undefined ? undefined : openVisitor(account, given, now);
      const wanted = user && identified(account, { id: user.id, name: user.name ?? '', email: user.email ?? '', hash: user.hash });
      const same = held && (wanted === undefined || (wanted.visitorId === held.visitorId && isSameUser(wanted.user, held.user)));
      if (!same) {
        const taken = newVisitors.take(account.channelAccountId);
        if (!taken.allowed)
          throw new BatonError('rate_limited', 'Too many new visitors at once.', { retryAfterSeconds: taken.retryAfterSeconds });
      }
      const visitor = wanted ?? (held && { visitorId: held.visitorId, ...(held.user && { user: held.user }) }) ?? anonymous();
      const token = same && !isDueForRenewal(held, now) ? given : sealVisitor(account, visitor, now);
      if (token === undefined) throw new BatonError('unavailable', 'Visitors cannot be told apart right now.', { retryAfterSeconds: 30 });
      return reply.code(201).send({
        token,
        visitor_id: visitor.visitorId,
        post_url: `${config.ingestUrl}/providers/web/${account.channelAccountId}`,
        agent: agentName,
        has_ai: hasAi,
      });
    },
  );
}

function anonymous() {
  return { visitorId: `v_${randomBytes(16).toString('base64url')}` };
}

/** Never a visitor without a name in place of a user that nobody vouches for: their words would come under another's roof. */
function identified(account: Account, user: ClaimedUser) {
  if (!isVouchedFor(account, user))
    throw new BatonError('invalid_signature', 'The user hash does not match the account’s identity_secret.');
  return { visitorId: visitorIdOf(account, user.id), user: { id: user.id, name: user.name, email: user.email } };
}

function isSameUser(a: { name: string; email: string } | undefined, b: { name: string; email: string } | undefined): boolean {
  return a?.name === b?.name && a?.email === b?.email;
}
