import type { IncomingHttpHeaders } from 'node:http';
import type { SendAnswer } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { retryAfterMs } from '../wire/headers.ts';
import { asList, asObject, asText } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { clip } from '../wire/text.ts';
import { metaErrorCode, metaRetryCodes } from './errors.ts';

/** "Too many messages sent from this phone number to the same phone number in a short period of time." */
const pairLimit = 131056;

/** No idempotency key exists and no document says that a 5xx sent nothing: those are unknown. */
export function readMetaAnswer(status: number, headers: IncomingHttpHeaders, text: string): SendAnswer {
  const body = answerBody(text);
  if (status >= 200 && status < 300) {
    // WhatsApp gives a list, Messenger and Instagram one id.
    const id = asObject(asList(body['messages'])[0])?.['id'] ?? body['message_id'];
    return isProviderId(id)
      ? { kind: 'sent', providerMessageId: id }
      : { kind: 'unknown', detail: `Meta answered ${status} without a message's id.` };
  }
  const error = asObject(body['error']) ?? {};
  if (status === 429 || metaRetryCodes.has(error['code'])) {
    // One message in six seconds to one person is what WhatsApp's pair limit allows.
    const limited = error['code'] === pairLimit ? 'pair' : 'account';
    return { kind: 'retry', afterMs: retryAfterMs(headers, 6000), reason: `Meta answered ${status}: too many requests`, limited };
  }
  if (status >= 500 || status === 408) return { kind: 'unknown', detail: `Meta answered ${status}; it may have the message.` };
  const code =
    typeof error['code'] === 'number'
      ? metaErrorCode(error['code'], error['error_subcode'])
      : status === 401
        ? 'channel_unauthorized'
        : `meta_http_${status}`;
  const details = asText(asObject(error['error_data'])?.['details']) || asText(error['message']);
  return { kind: 'failed', code, detail: clip(details || `Meta answered ${status}.`, 1000) };
}
