import { BatonError } from '@baton/errors/baton-error.ts';
import type { Account, BrowserSide, ProviderAdapter, RawRequest } from './provider.ts';
import { readWidget, sentId } from './web/inbound.ts';
import { isAllowedOrigin } from './web/origin.ts';
import { openVisitor, type Visitor } from './web/visitor-token.ts';
import { oneHeader } from './wire/headers.ts';

const browser: BrowserSide = {
  allows: isAllowedOrigin,
  visitorOf: (request, account, now) => visitorOf(request, account, now)?.visitorId,
  rates: {
    // A person types less; what a widget kept while it was offline comes at once.
    visitor: { messages: 60, seconds: 60, burst: 40 },
    // Visitors are cheap to make, and each of their messages may cost an AI's answer.
    account: { messages: 3000, seconds: 60, burst: 3000 },
  },
};

/** The chat window on web pages (`packages/widget`): browsers post here with a visitor's token, and read at the gateway. */
export const web: ProviderAdapter = {
  name: 'web',
  contentTypes: ['application/json'],
  methods: ['POST'],
  browser,
  verify(request, account, now) {
    if (oneHeader(request.headers, 'authorization') === '') return 'signature_missing';
    // A token alone is no leave to use it from anywhere: whoever got hold of one still cannot build a page around it.
    if (!isAllowedOrigin(account, oneHeader(request.headers, 'origin'))) return 'signature_mismatch';
    return visitorOf(request, account, now) ? true : 'signature_mismatch';
  },
  parse(request, account, receivedAt) {
    const visitor = visitorOf(request, account, receivedAt);
    if (!visitor) throw new BatonError('malformed_request', 'The visitor token is wrong or over.');
    return readWidget(request.body, { account, visitor, receivedAt });
  },
  answer: (accepted) => ({ status: 202, contentType: 'application/json', body: `{"accepted":${accepted}}` }),
  // Claimed, so past the fence: from the moment it is recorded as sent the visitor's stream shows it.
  buildSend: (message) => ({ kind: 'stored', providerMessageId: sentId(message.to, message.messageId) }),
  readSendAnswer: () => ({ kind: 'failed', code: 'channel_misconfigured', detail: 'Nobody is asked on this channel.' }),
};

function visitorOf(request: RawRequest, account: Account, now: Date): Visitor | undefined {
  const token = /^Bearer (\S+)$/i.exec(oneHeader(request.headers, 'authorization'))?.[1];
  return token === undefined ? undefined : openVisitor(account, token, now);
}
