import type { IncomingHttpHeaders } from 'node:http';
import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { capabilitiesOf } from '../capabilities.ts';
import type { Account, BuiltSend, SendAnswer, SendContext } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { credential, retryAfterMs } from '../wire/headers.ts';
import { asText } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { clip } from '../wire/text.ts';
import { passes, twilioErrorCode } from './errors.ts';

/** POST /2010-04-01/Accounts/{sid}/Messages.json, form-encoded, basic auth. A template's name is its ContentSid (`HX…`). */
export function buildTwilioSend(message: OutboundMessage, account: Account, context: SendContext): BuiltSend {
  if (message.channel === 'voice') {
    return { kind: 'failed', code: 'channel_receives_only', detail: 'A call that was transcribed cannot be answered with a text.' };
  }
  const sid = credential(account.credentials, 'account_sid');
  const token = credential(account.credentials, 'auth_token');
  if (sid === undefined || token === undefined) {
    return { kind: 'failed', code: 'channel_misconfigured', detail: 'The channel account has no account_sid or auth_token.' };
  }
  const whatsapp = message.channel === 'whatsapp';
  const limits = capabilitiesOf('twilio', whatsapp ? 'whatsapp' : 'sms');
  if (message.text.length > limits.text.max) {
    return { kind: 'failed', code: 'text_too_long', detail: `Twilio takes at most ${limits.text.max} characters.` };
  }
  if (message.attachments.length > limits.media.maxCount) {
    return { kind: 'failed', code: 'too_many_attachments', detail: `Twilio takes at most ${limits.media.maxCount} files here.` };
  }
  // Twilio's content has its components already; only its variables are given.
  if (message.template && message.template.components.length > 0) {
    return { kind: 'failed', code: 'template_invalid', detail: 'Twilio takes parameters for a template, no components.' };
  }
  const address = (plain: string) => (whatsapp ? `whatsapp:${plain}` : plain);
  const form = new URLSearchParams({ To: address(message.to) });
  const service = credential(account.credentials, 'messaging_service_sid');
  if (service === undefined) form.set('From', address(message.from));
  else form.set('MessagingServiceSid', service);
  if (message.template) {
    form.set('ContentSid', message.template.name);
    const variables = message.template.parameters.map((value, index) => [String(index + 1), value] as const);
    if (variables.length > 0) form.set('ContentVariables', JSON.stringify(Object.fromEntries(variables)));
  } else {
    if (message.text !== '') form.set('Body', message.text);
    for (const file of message.attachments) form.append('MediaUrl', file.url);
  }
  // Our id comes back in the signed URL, so a send whose answer was lost is settled by its receipt.
  form.set('StatusCallback', `${context.ingestUrl}/providers/twilio/${account.channelAccountId}?message_id=${message.messageId}`);
  const base = credential(account.credentials, 'api_base') ?? 'https://api.twilio.com';
  return {
    kind: 'request',
    request: {
      method: 'POST',
      url: `${base.replace(/\/$/, '')}/2010-04-01/Accounts/${encodeURIComponent(sid)}/Messages.json`,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`,
      },
      body: form.toString(),
    },
  };
}

/** A repeat after a 5xx may reach the customer twice (https://www.twilio.com/docs/errors/20500): those are unknown. Only 429 says that nothing was done. */
export function readTwilioAnswer(status: number, headers: IncomingHttpHeaders, text: string): SendAnswer {
  const body = answerBody(text);
  if (status >= 200 && status < 300) {
    return isProviderId(body['sid'])
      ? { kind: 'sent', providerMessageId: body['sid'] }
      : { kind: 'unknown', detail: `Twilio answered ${status} without a message's sid.` };
  }
  const number = body['code'];
  if (status === 429 || (status < 500 && passes(number))) {
    return { kind: 'retry', afterMs: retryAfterMs(headers, 2000), reason: `Twilio answered ${status}`, limited: 'account' };
  }
  if (status >= 500 || status === 408) return { kind: 'unknown', detail: `Twilio answered ${status}; it may have the message.` };
  const code =
    typeof number === 'number' ? twilioErrorCode(String(number)) : status === 401 ? 'channel_unauthorized' : `twilio_http_${status}`;
  return { kind: 'failed', code, detail: clip(asText(body['message']) || `Twilio answered ${status}.`, 1000) };
}
