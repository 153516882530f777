import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { readCanonical } from './canonical/read.ts';
import { outboundBody, readCanonicalAnswer } from './canonical/send.ts';
import type { Account, BuiltSend, ProviderAdapter, SendContext } from './provider.ts';
import { credential } from './wire/headers.ts';
import { signStandardWebhook, verifyStandardWebhook } from './wire/standard-webhooks.ts';

/** Everything else: Baton's own JSON, signed by Standard Webhooks in both directions (api.md §7). */
export const http: ProviderAdapter = {
  name: 'http',
  contentTypes: ['application/json'],
  methods: ['POST'],
  verify: (request, account, now) => verifyStandardWebhook(request.headers, request.body, account.credentials, now),
  parse: (request, account, receivedAt) => readCanonical('http', request.body, account, receivedAt),
  answer: (accepted) => ({ status: 202, contentType: 'application/json', body: `{"accepted":${accepted}}` }),
  buildSend,
  readSendAnswer: (status, headers, body, messageId) => readCanonicalAnswer('http', { status, headers, body, messageId }),
};

function buildSend(message: OutboundMessage, account: Account, context: SendContext): BuiltSend {
  const url = credential(account.credentials, 'outbound_url');
  if (url === undefined) return { kind: 'failed', code: 'channel_misconfigured', detail: 'The channel account has no outbound_url.' };
  const body = JSON.stringify(outboundBody(message, context.now));
  // The id is the message's, not the attempt's: a repeat is then recognised on the other side.
  const signed = signStandardWebhook(account.credentials, { id: message.messageId, at: context.now, body });
  if (!signed) return { kind: 'failed', code: 'channel_misconfigured', detail: 'The channel account has no usable secret.' };
  return { kind: 'request', request: { method: 'POST', url, headers: { 'content-type': 'application/json', ...signed }, body } };
}
