import type { IncomingHttpHeaders } from 'node:http';
import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { SendAnswer } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { retryAfterMs } from '../wire/headers.ts';
import { asObject, type JsonObject } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { clip } from '../wire/text.ts';

/** An outbound message in the shape of api.md §7: `from` is ours, `to` the customer's, `id` our message id, the same at every attempt. */
export function outboundBody(message: OutboundMessage, now: Date): JsonObject {
  return {
    type: 'message',
    id: message.messageId,
    conversation_id: message.conversationId,
    channel: message.channel,
    from: message.from,
    to: message.to,
    text: message.text,
    attachments: message.attachments.map((one) => ({
      url: one.url,
      content_type: one.contentType,
      size: one.size,
      name: one.name,
    })),
    template: message.template
      ? {
          name: message.template.name,
          language_code: message.template.languageCode,
          parameters: message.template.parameters,
          components: message.template.components,
        }
      : null,
    author: message.author,
    timestamp: now.toISOString(),
    metadata: message.metadata ?? {},
  };
}

/**
 * 2xx: sent, by the receiver's `id` (or `provider_message_id`) or else by ours. 408, 425, 429 and 5xx: again, with the same id.
 * Everything else: failed, by its `code` and `detail` if it names them.
 */
export function readCanonicalAnswer(
  provider: 'http' | 'simulator',
  answer: { status: number; headers: IncomingHttpHeaders; body: string; messageId: string },
): SendAnswer {
  const { status } = answer;
  const body = answerBody(answer.body);
  if (status >= 200 && status < 300) {
    const id = body['provider_message_id'] ?? body['id'];
    return { kind: 'sent', providerMessageId: isProviderId(id) ? id : answer.messageId };
  }
  if (status >= 500 || status === 429 || status === 408 || status === 425) {
    const reason = `the receiver answered ${status}`;
    return { kind: 'retry', afterMs: retryAfterMs(answer.headers, 1000), reason, ...(status === 429 && { limited: 'account' }) };
  }
  const error = asObject(body['error']) ?? body;
  const code = typeof error['code'] === 'string' && /^[a-z0-9_]{1,64}$/.test(error['code']) ? error['code'] : `${provider}_${status}`;
  const detail = typeof error['detail'] === 'string' ? clip(error['detail'], 1000) : `The receiver answered ${status}.`;
  return { kind: 'failed', code, detail };
}
