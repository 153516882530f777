import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { readCanonical } from './canonical/read.ts';
import { outboundBody, readCanonicalAnswer } from './canonical/send.ts';
import type { Account, BuiltSend, ProviderAdapter, SendContext } from './provider.ts';

/** A customer's phone, played by ingest where BATON_SIMULATOR=1. It checks no signature: it must not exist in production. */
export const simulator: ProviderAdapter = {
  name: 'simulator',
  contentTypes: ['application/json'],
  methods: ['POST'],
  verify: () => true,
  parse: (request, account, receivedAt) => readCanonical('simulator', request.body, account, receivedAt),
  answer: (accepted) => ({ status: 202, contentType: 'application/json', body: `{"accepted":${accepted}}` }),
  buildSend,
  readSendAnswer: (status, headers, body, messageId) => readCanonicalAnswer('simulator', { status, headers, body, messageId }),
};

function buildSend(message: OutboundMessage, account: Account, context: SendContext): BuiltSend {
  const { id, ...shape } = outboundBody(message, context.now);
  return {
    kind: 'request',
    request: {
      method: 'POST',
      url: `${context.ingestUrl}/providers/simulator/${account.channelAccountId}/send`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${context.serviceToken}` },
      body: JSON.stringify({ message_id: id, ...shape }),
    },
  };
}
