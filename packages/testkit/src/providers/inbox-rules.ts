import { randomBytes } from 'node:crypto';
import type { StubRequest } from '../http-stub.ts';
import { type Judged, judged, type ProviderCredentials, parse, refusedByMeta, withoutMetasToken } from './provider-rules.ts';

type MessengerBody = {
  recipient?: { id?: string };
  messaging_type?: string;
  tag?: string;
  message?: { text?: string; metadata?: string; attachment?: { type?: string; payload?: { url?: string } } };
};

/** Send API of Messenger and Instagram, `/{page-id}/messages`: JSON, Bearer token; a text or one attachment, under a type that says why it may go out. */
export function judgeMessenger(request: StubRequest, credentials: ProviderCredentials): Judged {
  const body = parse<MessengerBody>(request.raw);
  const to = body?.recipient?.id ?? '';
  const { text = '', metadata = '', attachment } = body?.message ?? {};
  const problem = (): Judged['refusal'] => {
    const unknown = withoutMetasToken(request, credentials);
    if (unknown) return unknown;
    if (!/^\d+$/.test(to)) return refusedByMeta(400, 100, 'No matching user found');
    if (!['RESPONSE', 'UPDATE', 'MESSAGE_TAG'].includes(body?.messaging_type ?? ''))
      return refusedByMeta(400, 100, 'Invalid messaging_type');
    if (body?.messaging_type === 'MESSAGE_TAG' && body.tag !== 'HUMAN_AGENT') return refusedByMeta(400, 100, 'Invalid tag');
    if ((text === '') === (attachment === undefined)) return refusedByMeta(400, 100, 'The message must be a text or an attachment');
    if (text.length > 2000 || metadata.length > 1000) return refusedByMeta(400, 100, 'Length of param message[text] must be at most 2000');
    if (attachment && !/^https?:/.test(attachment.payload?.url ?? '')) return refusedByMeta(400, 100, 'Invalid attachment');
    return undefined;
  };
  return judged({ kind: 'messenger', to, from: request.path.split('/')[2] ?? '', text }, problem(), () => {
    const id = `m_${randomBytes(24).toString('base64url')}`;
    return { id, status: 200, json: { recipient_id: to, message_id: id } };
  });
}

type TelegramBody = Partial<Record<'text' | 'caption' | 'photo' | 'video' | 'audio' | 'voice' | 'animation' | 'document', string>> & {
  chat_id?: number;
  business_connection_id?: string;
};

let telegramMessages = 0;

/** Bot API `/bot<token>/send…`: JSON; a text of 1 to 4,096 characters, or a file by URL with a caption of 1,024 at most. */
export function judgeTelegram(request: StubRequest, credentials: ProviderCredentials): Judged {
  const body = parse<TelegramBody>(request.raw);
  const [, bot = '', method = ''] = request.path.split('/');
  const connection = body?.business_connection_id;
  const to = `${body?.chat_id ?? ''}${connection === undefined ? '' : `@${connection}`}`;
  const text = body?.text ?? body?.caption ?? '';
  const field = method.slice('send'.length).toLowerCase();
  const refuse = (status: number, description: string): Judged['refusal'] => ({
    status,
    reason: description,
    json: { ok: false, error_code: status, description },
  });
  const problem = (): Judged['refusal'] => {
    if (credentials.telegram && bot !== `bot${credentials.telegram.bot_token}`) return refuse(401, 'Unauthorized');
    if (typeof body?.chat_id !== 'number') return refuse(400, 'Bad Request: chat_id is empty');
    if (method === 'sendMessage') {
      if (text === '') return refuse(400, 'Bad Request: message text is empty');
      return text.length > 4096 ? refuse(400, 'Bad Request: message is too long') : undefined;
    }
    if (text.length > 1024) return refuse(400, 'Bad Request: message caption is too long');
    const file = (body as Record<string, unknown>)[field];
    return typeof file === 'string' && /^https?:/.test(file) ? undefined : refuse(400, `Bad Request: there is no ${field} in the request`);
  };
  return judged({ kind: 'telegram', to, from: bot.slice(3).split(':')[0] ?? '', text }, problem(), () => {
    telegramMessages += 1;
    const result = {
      message_id: telegramMessages,
      date: 1,
      chat: { id: body?.chat_id, type: 'private' },
      ...(connection && { business_connection_id: connection }),
    };
    return { id: `${to}:${telegramMessages}`, status: 200, json: { ok: true, result } };
  });
}
