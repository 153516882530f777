/** What a simulated customer posts; ids are the provider's. */
export interface PhonePost {
  id: string;
  text: string;
  at: Date;
  attachments?: { url: string; content_type: string; name: string }[];
}

export interface Received {
  id: string;
  message_id: string;
  text: string;
  sent_at: string;
  attachments: { url: string; content_type?: string; name?: string }[];
}

export interface Phone {
  /** `webhook_url` of a channel account of the simulator: where its provider would post. */
  url: string;
  channel: string;
  /** The account's own address. */
  to: string;
  /** The customer's. */
  number: string;
}

export class IngestRefused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`ingest answered ${status}`);
    this.status = status;
  }
}

/** Posts to the real ingest endpoint, as the simulator's provider. Returns once it is stored. */
export async function post(phone: Phone, messages: readonly PhonePost[]): Promise<void> {
  const body = messages.map(({ id, text, at, attachments }) => ({
    type: 'message',
    id,
    channel: phone.channel,
    from: phone.number,
    to: phone.to,
    text,
    timestamp: at.toISOString(),
    ...(attachments && { attachments }),
  }));
  const response = await fetch(phone.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new IngestRefused(response.status);
}

/** What has reached the phone, oldest first. */
export async function received(phone: Phone): Promise<Received[]> {
  const response = await fetch(`${phone.url}/outbox?to=${encodeURIComponent(phone.number)}`);
  if (!response.ok) throw new IngestRefused(response.status);
  return ((await response.json()) as { messages: Received[] }).messages;
}

/** Asks the simulated provider for trouble with what it is to send to this phone next. */
export async function ask(phone: Phone, trouble: { refuse?: number; receipts_late_ms?: number }): Promise<void> {
  const body = JSON.stringify({ to: phone.number, ...trouble });
  const response = await fetch(`${phone.url}/trouble`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!response.ok) throw new IngestRefused(response.status);
}

export function newPhoneId(): string {
  return `phone-${Date.now()}-${Math.random().toString(36).slice(2, 10)}`;
}

/** 555-0100 to 555-0199 are kept free for fiction in every area code of the North American plan. */
export function newNumber(): string {
  const area = 200 + Math.floor(Math.random() * 700);
  return `+1${area === 411 || area % 100 === 11 ? 312 : area}55501${String(Math.floor(Math.random() * 100)).padStart(2, '0')}`;
}
