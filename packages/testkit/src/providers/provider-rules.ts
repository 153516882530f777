import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { StubRequest } from '../http-stub.ts';

export type ProviderKind = 'twilio' | 'meta' | 'messenger' | 'telegram' | 'http';

/** What the stub holds callers to; a provider without credentials here takes any. */
export type ProviderCredentials = {
  twilio?: { account_sid: string; auth_token: string };
  meta?: { access_token: string };
  telegram?: { bot_token: string };
  http?: { secret: string };
};

export type Judged = {
  kind: ProviderKind;
  to: string;
  from: string;
  text: string;
  refusal?: { status: number; json: unknown; reason: string };
  /** What the provider answers when it takes the message on. */
  accept(): { id: string; status: number; json: unknown };
};

/** Twilio Messages resource: form-encoded, HTTP Basic; error codes from twilio.com/docs/api/errors. */
export function judgeTwilio(request: StubRequest, credentials: ProviderCredentials): Judged {
  const form = new URLSearchParams(request.raw);
  const [to, from, text] = [form.get('To') ?? '', form.get('From') ?? form.get('MessagingServiceSid') ?? '', form.get('Body') ?? ''];
  const sid = request.path.split('/')[3] ?? '';
  const refuse = (status: number, code: number, message: string): Judged['refusal'] => ({
    status,
    reason: message,
    json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  });
  const problem = (): Judged['refusal'] => {
    const known = credentials.twilio;
    const basic = `Basic ${Buffer.from(`${known?.account_sid}:${known?.auth_token}`).toString('base64')}`;
    if (known && (request.headers['authorization'] !== basic || sid !== known.account_sid)) return refuse(401, 20003, 'Authenticate');
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return refuse(400, 20001, 'Parameters must be form-encoded');
    if (to === '') return refuse(400, 21604, "A 'To' phone number is required.");
    if (from === '') return refuse(400, 21603, "A 'From' phone number is required.");
    if (!/^(whatsapp:)?\+[1-9]\d{6,14}$/.test(to)) return refuse(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    if (text === '' && !form.has('MediaUrl') && !form.has('ContentSid')) return refuse(400, 21602, 'Message body is required.');
    if (text.length > 1600) return refuse(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
    if (to.startsWith('whatsapp:') !== from.startsWith('whatsapp:') && !from.startsWith('MG'))
      return refuse(400, 21910, "Invalid 'From' and 'To' pair.");
    return undefined;
  };
  return judged({ kind: 'twilio', to, from, text }, problem(), () => {
    const id = `SM${randomBytes(16).toString('hex')}`;
    return {
      id,
      status: 201,
      json: { sid: id, account_sid: sid, to, from, body: text, status: 'queued', direction: 'outbound-api', error_code: null },
    };
  });
}

type MetaBody = {
  messaging_product?: string;
  to?: string;
  type?: string;
  text?: { body?: string };
  template?: { name?: string; language?: { code?: string } };
};

/** An error of Meta's Graph API, of whichever product. */
export function refusedByMeta(status: number, code: number, message: string): Judged['refusal'] {
  const error = { message: `(#${code}) ${message}`, type: 'OAuthException', code, fbtrace_id: 'stub' };
  return { status, reason: message, json: { error } };
}

export function withoutMetasToken(request: StubRequest, { meta }: ProviderCredentials): Judged['refusal'] {
  const isKnown = meta === undefined || request.headers['authorization'] === `Bearer ${meta.access_token}`;
  return isKnown ? undefined : refusedByMeta(401, 190, 'Invalid OAuth access token');
}

/** WhatsApp Cloud API `/{phone-number-id}/messages`: JSON, Bearer token; error codes from Meta's list for the Cloud API. */
export function judgeMeta(request: StubRequest, credentials: ProviderCredentials): Judged {
  const body = parse<MetaBody>(request.raw);
  const to = body?.to ?? '';
  const text = body?.text?.body ?? body?.template?.name ?? '';
  const problem = (): Judged['refusal'] => {
    const unknown = withoutMetasToken(request, credentials);
    if (unknown) return unknown;
    if (!body) return refusedByMeta(400, 100, 'Invalid JSON');
    if (body.messaging_product !== 'whatsapp') return refusedByMeta(400, 100, 'The parameter messaging_product is required.');
    if (!/^\+?\d{7,15}$/.test(to)) return refusedByMeta(400, 131009, 'Parameter value is not valid: to');
    if ((body.type ?? 'text') === 'text' && (text === '' || text.length > 4096))
      return refusedByMeta(400, 100, 'Param text[body] must be 1 to 4096 characters');
    if (body.type === 'template' && !body.template?.language?.code)
      return refusedByMeta(400, 131008, 'Required parameter is missing: language');
    return undefined;
  };
  return judged({ kind: 'meta', to, from: request.path.split('/')[2] ?? '', text }, problem(), () => {
    const id = `wamid.${randomBytes(24).toString('base64')}`;
    const json = { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to.replace('+', '') }], messages: [{ id }] };
    return { id, status: 200, json };
  });
}

type HttpBody = { type?: string; id?: string; from?: string; to?: string; text?: string };

/** Our own `http` provider: a signed POST (Standard Webhooks) of the JSON that ingest takes as well. */
export function judgeHttp(request: StubRequest, credentials: ProviderCredentials): Judged {
  const body = parse<HttpBody>(request.raw);
  const refuse = (status: number, reason: string): Judged['refusal'] => ({ status, reason, json: { error: reason } });
  const problem = (): Judged['refusal'] => {
    if (credentials.http && !isSigned(credentials.http.secret, request)) return refuse(401, 'bad signature');
    if (!body) return refuse(400, 'not JSON');
    if (body.type !== 'message') return refuse(400, 'type must be message');
    if (!body.id || !body.to) return refuse(400, 'id and to are required');
    return undefined;
  };
  return judged({ kind: 'http', to: body?.to ?? '', from: body?.from ?? '', text: body?.text ?? '' }, problem(), () => ({
    id: body?.id ?? '',
    status: 202,
    json: { accepted: 1 },
  }));
}

export function judged(
  fields: Pick<Judged, 'kind' | 'to' | 'from' | 'text'>,
  refusal: Judged['refusal'],
  accept: Judged['accept'],
): Judged {
  return { ...fields, accept, ...(refusal ? { refusal } : {}) };
}

export function parse<T>(raw: string): T | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function isSigned(secret: string, request: StubRequest): boolean {
  try {
    new Webhook(secret).verify(request.raw, request.headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
