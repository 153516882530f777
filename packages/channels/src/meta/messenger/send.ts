import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { capabilitiesOf, mediaKindOf, textLength } from '../../capabilities.ts';
import type { Account, BuiltSend, SendContext, SendFailed, SendRequest, SignalTarget } from '../../provider.ts';
import type { JsonObject } from '../../wire/json.ts';
import { messagesRequest } from '../graph.ts';

/** POST /{version}/{page or Instagram account}/messages, for Messenger and Instagram. */
export function buildMessengerSend(message: OutboundMessage, account: Account, context: SendContext): BuiltSend {
  const type = messagingType(message, context.now);
  if (!type) return failed('window_expired', 'The customer wrote too long ago; only a person may still answer, for seven days.');
  const content = contentFor(message, account);
  if ('kind' in content) return content;
  // Comes back with the echo, so that it is not taken for a colleague's. Instagram knows no such field.
  const metadata = account.channel === 'facebook' ? { metadata: message.messageId } : {};
  const body = { recipient: { id: message.to }, ...type, message: { ...content.fields, ...metadata } };
  const request = messagesRequest(account, 'page_id', body);
  return request ? { kind: 'request', request } : failed('channel_misconfigured', 'The channel account has no page_id or access_token.');
}

/** HUMAN_AGENT is for what a person wrote; a program must not use it. */
function messagingType(message: OutboundMessage, now: Date): JsonObject | undefined {
  const until = message.windowExpiresAt;
  if (until === undefined || now < until) return { messaging_type: 'RESPONSE' };
  return message.author === 'human' ? { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' } : undefined;
}

function contentFor(message: OutboundMessage, account: Account): { fields: JsonObject } | SendFailed {
  if (message.template) return failed('template_unsupported', 'Only WhatsApp has templates.');
  const { text } = capabilitiesOf('meta', account.channel);
  const [file, ...more] = message.attachments;
  if (more.length > 0) return failed('too_many_attachments', 'One file a message.');
  if (file && message.text !== '') return failed('caption_unsupported', 'A file carries no text here.');
  if (file) {
    const kind = mediaKindOf(file.contentType);
    return { fields: { attachment: { type: kind === 'document' ? 'file' : kind, payload: { url: file.url } } } };
  }
  if (textLength(message.text, text.unit) > text.max)
    return failed('text_too_long', `At most ${text.max} ${text.unit === 'bytes' ? 'bytes' : 'characters'}.`);
  return { fields: { text: message.text } };
}

export function messengerTyping(target: SignalTarget, account: Account): SendRequest | undefined {
  return messagesRequest(account, 'page_id', { recipient: { id: target.to }, sender_action: 'typing_on' });
}

function failed(code: string, detail: string): SendFailed {
  return { kind: 'failed', code, detail };
}
