import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { capabilitiesOf, mediaKindOf } from '../../capabilities.ts';
import { isBsuid } from '../../phone.ts';
import type { Account, BuiltSend, SendFailed, SendRequest, SignalTarget } from '../../provider.ts';
import type { JsonObject } from '../../wire/json.ts';
import { messagesRequest } from '../graph.ts';

/** POST /{version}/{phone-number-id}/messages. */
export function buildWhatsappSend(message: OutboundMessage, account: Account): BuiltSend {
  const content = contentFor(message);
  if (content.kind === 'failed') return content;
  // A business-scoped user id goes into its own field, and `to` must be absent then.
  const recipient = isBsuid(message.to) ? { recipient: message.to } : { to: message.to.replace(/^\+/, '') };
  const body = { messaging_product: 'whatsapp', recipient_type: 'individual', ...recipient, ...content.fields };
  const request = messagesRequest(account, 'phone_number_id', body);
  return request
    ? { kind: 'request', request }
    : failed('channel_misconfigured', 'The channel account has no phone_number_id or access_token.');
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
  const type = mediaKindOf(file.contentType);
  if (type === 'audio' && message.text !== '') return failed('caption_unsupported', 'WhatsApp takes no text beside an audio file.');
  const media = {
    link: file.url,
    ...(message.text === '' ? {} : { caption: message.text }),
    ...(type === 'document' && file.name !== '' ? { filename: file.name } : {}),
  };
  return { kind: 'content', fields: { type, [type]: media } };
}

function templateFor(template: NonNullable<OutboundMessage['template']>): JsonObject {
  const parameters = template.parameters.map((text) => ({ type: 'text', text }));
  const given = template.components as JsonObject[];
  const fills = parameters.length > 0 && !given.some((one) => one['type'] === 'body');
  const components = fills ? [...given, { type: 'body', parameters }] : given;
  return {
    type: 'template',
    template: {
      name: template.name,
      language: { code: template.languageCode },
      ...(components.length > 0 && { components }),
    },
  };
}

/** The typing sign rides on "read", which names the customer's message. */
export function whatsappTyping(target: SignalTarget, account: Account): SendRequest | undefined {
  if (!target.inboundId.startsWith('wamid.')) return undefined;
  return messagesRequest(account, 'phone_number_id', {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: target.inboundId,
    typing_indicator: { type: 'text' },
  });
}
