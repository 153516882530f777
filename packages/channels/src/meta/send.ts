import type { IncomingHttpHeaders } from 'node:http';
import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { isBsuid } from '../phone.ts';
import type { Account, BuiltSend, SendAnswer, SendFailed } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { credential, retryAfterMs } from '../wire/headers.ts';
import { asList, asObject, asText, type JsonObject } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { clip } from '../wire/text.ts';
import { graphVersion } from './content.ts';
import { metaErrorCode, metaRetryCodes } from './errors.ts';

/** POST /{version}/{phone-number-id}/messages. */
export function buildMetaSend(message: OutboundMessage, account: Account): BuiltSend {
  const number = credential(account.credentials, 'phone_number_id');
  const token = credential(account.credentials, 'access_token');
  if (number === undefined || token === undefined) {
    return failed('channel_misconfigured', 'The channel account has no phone_number_id or access_token.');
  }
  const content = contentFor(message);
  if (content.kind === 'failed') return content;
  // A business-scoped user id goes into its own field, and `to` must be absent then.
  const recipient = isBsuid(message.to) ? { recipient: message.to } : { to: message.to.replace(/^\+/, '') };
  const base = credential(account.credentials, 'api_base') ?? 'https://graph.facebook.com';
  return {
    kind: 'request',
    request: {
      method: 'POST',
      url: `${base.replace(/\/$/, '')}/${graphVersion}/${encodeURIComponent(number)}/messages`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ messaging_product: 'whatsapp', recipient_type: 'individual', ...recipient, ...content.fields }),
    },
  };
}

function failed(code: string, detail: string): SendFailed {
  return { kind: 'failed', code, detail };
}

function contentFor(message: OutboundMessage): { kind: 'content'; fields: JsonObject } | SendFailed {
  if (message.template) return { kind: 'content', fields: templateFor(message.template) };
  const limits = capabilitiesOf('meta', 'whatsapp');
  const [file, ...more] = message.attachments;
  if (more.length > 0) return failed('too_many_attachments', 'WhatsApp takes one file a message.');
  const limit = file ? limits.media.maxCaption : limits.text.max;
  if (message.text.length > limit) return failed('text_too_long', `WhatsApp takes at most ${limit} characters here.`);
  if (!file) return { kind: 'content', fields: { type: 'text', text: { body: message.text, preview_url: false } } };
  const type = mediaType(file.contentType);
  if (type === 'audio' && message.text !== '') return failed('caption_unsupported', 'WhatsApp takes no text beside an audio file.');
  const media = {
    link: file.url,
    ...(message.text === '' ? {} : { caption: message.text }),
    ...(type === 'document' && file.name !== '' ? { filename: file.name } : {}),
  };
  return { kind: 'content', fields: { type, [type]: media } };
}

function mediaType(contentType: string): 'image' | 'video' | 'audio' | 'document' {
  const [kind] = contentType.split('/');
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document';
}

function templateFor(template: NonNullable<OutboundMessage['template']>): JsonObject {
  const parameters = template.parameters.map((text) => ({ type: 'text', text }));
  return {
    type: 'template',
    template: {
      name: template.name,
      language: { code: template.languageCode },
      ...(parameters.length === 0 ? {} : { components: [{ type: 'body', parameters }] }),
    },
  };
}

/** No idempotency key exists and no document says that a 5xx sent nothing: those are unknown. */
export function readMetaAnswer(status: number, headers: IncomingHttpHeaders, text: string): SendAnswer {
  const body = answerBody(text);
  if (status >= 200 && status < 300) {
    const id = asObject(asList(body['messages'])[0])?.['id'];
    return isProviderId(id)
      ? { kind: 'sent', providerMessageId: id }
      : { kind: 'unknown', detail: `Meta answered ${status} without a message's id.` };
  }
  const error = asObject(body['error']) ?? {};
  if (status === 429 || metaRetryCodes.has(error['code'])) {
    // One message in six seconds to one person is what the pair limit allows.
    return { kind: 'retry', afterMs: retryAfterMs(headers, 6000), reason: `Meta answered ${status}: too many requests` };
  }
  if (status >= 500 || status === 408) return { kind: 'unknown', detail: `Meta answered ${status}; it may have the message.` };
  const code =
    typeof error['code'] === 'number' ? metaErrorCode(error['code']) : status === 401 ? 'channel_unauthorized' : `meta_http_${status}`;
  const words = asText(asObject(error['error_data'])?.['details']) || asText(error['message']);
  return failed(code, clip(words || `Meta answered ${status}.`, 1000));
}
