import type { IncomingHttpHeaders } from 'node:http';
import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { InboundMessage, InboundReceipt } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import type { Channel, Provider } from '@baton/contracts/vocabulary.ts';
import type { Capabilities, Rate } from './capabilities.ts';

/** A channel account as an adapter needs it: the directory's entry with its credentials opened (api.md §2 lists them per provider). */
export interface Account {
  channelAccountId: string;
  workspaceId: string;
  agentId: string;
  channel: Channel;
  /** The address we own there. */
  address: string;
  credentials: Credentials;
}

export type Credentials = Readonly<Record<string, unknown>>;

/** A provider's request before anything is believed of it. */
export interface RawRequest {
  method: 'GET' | 'POST';
  /** Absolute, as the provider called it: public host and path, and the query byte for byte. */
  url: string;
  headers: IncomingHttpHeaders;
  /** The exact bytes; empty with GET. */
  body: Buffer;
}

/** Why a request is not believed. The word is a metric label and stays inside: the caller only hears 401. */
export type VerifyRefusal = 'no_secret' | 'signature_missing' | 'signature_mismatch' | 'timestamp_out_of_range';

export interface Parsed {
  messages: InboundMessage[];
  receipts: InboundReceipt[];
  /** Well-formed items that are none of ours: other numbers, states nobody acts on, kinds without meaning here. */
  ignored: number;
  /** What came as bytes and not as a reference: kept before anything else, since the messages' attachments name it. */
  files?: InboundFile[];
}

/** A file of a message, with the address `/files/{channel account}/{id}` of ingest. */
export interface InboundFile {
  /** Not to be guessed, and the same when the provider repeats itself. */
  id: string;
  name: string;
  contentType: string;
  bytes: Buffer;
}

export interface HttpAnswer {
  status: number;
  contentType: string;
  body: string;
}

export interface SendContext {
  /** Public base URL of ingest, without a trailing slash. */
  ingestUrl: string;
  /** Only the simulator's own requests carry it. */
  serviceToken: string;
  /** When the request leaves: part of the signature of `http`. */
  now: Date;
}

export interface SendRequest {
  method: 'POST';
  url: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * How a message leaves; the dispatcher does each kind in its own way (`sends/ask-provider.ts`). `stored`: being in the database is all it takes, the
 * customer reads it from there; `providerMessageId` is how receipts name it. `failed`: it can't be put in the provider's terms at all (too long, no credentials); nothing was or will be sent.
 */
export type BuiltSend =
  | { kind: 'request'; request: SendRequest }
  | { kind: 'mail'; mail: OutboundMail; smtp: SmtpSettings }
  | { kind: 'stored'; providerMessageId: string }
  | SendFailed;

/** A mail server and who we are there. */
export interface SmtpSettings {
  host: string;
  port: number;
  user: string | undefined;
  password: string | undefined;
  /** `implicit`: TLS from the first byte (465). `required`: STARTTLS or nothing. `optional`: in clear where the server has no TLS. */
  tls: 'implicit' | 'required' | 'optional';
  from: string;
  fromName: string;
}

export interface OutboundMail {
  /** Without the angle brackets. */
  messageId: string;
  from: { address: string; name: string };
  replyTo: string | undefined;
  to: string;
  subject: string;
  /** Ids of the mails before it, the one that it answers last. */
  references: string[];
  text: string;
  html: string;
  headers: Record<string, string>;
  attachments: { url: string; contentType: string; name: string }[];
}

export interface SendFailed {
  kind: 'failed';
  /** A code of the public contract (`window_expired`, `recipient_opted_out`, `text_too_long`, `channel_misconfigured` …) or `<provider>_<their code>`. */
  code: string;
  /** The provider's words: may name the customer's number, so it is stored with the message and never logged. */
  detail: string;
}

/** Whose limit it was that a message was refused by: the account's, or the one for this customer alone. */
export type Limited = 'account' | 'pair';

/**
 * What a provider's answer means. `retry`: surely not sent, may be tried again (with an idempotent provider: or sent, and the repeat is harmless).
 * `unknown`: the provider may have it, and a repeat could reach the customer twice.
 */
export type SendAnswer =
  | { kind: 'sent'; providerMessageId: string }
  | SendFailed
  | { kind: 'retry'; afterMs: number; reason: string; limited?: Limited }
  | { kind: 'unknown'; detail: string };

/** The customer's side of a conversation, for signs that are no message. */
export interface SignalTarget {
  channel: Channel;
  /** Our address, then the customer's. */
  from: string;
  to: string;
  /** The provider's id of the customer's newest message. */
  inboundId: string;
  /** That message's `metadata`. */
  metadata: Readonly<Record<string, unknown>>;
}

/** A sign is worth one try: its answer is not read, and nothing is lost with it. */
export type BuildSignal = (target: SignalTarget, account: Account) => SendRequest | undefined;

export interface MediaRequest {
  url: string;
  headers: Record<string, string>;
}

/** How the bytes behind an attachment's URL are had: by one GET, or by asking first where they are. */
export type MediaSource =
  | { kind: 'file'; request: MediaRequest }
  | { kind: 'lookup'; request: MediaRequest; found(answer: string): MediaRequest | undefined };

/** Of a provider whose requests come from customers' browsers: no one secret stands for all of them. */
export interface BrowserSide {
  /** Whether pages of this origin may ask (CORS). */
  allows(account: Account, origin: string): boolean;
  /** Whose request it is; undefined: nobody's that we know. */
  visitorOf(request: RawRequest, account: Account, now: Date): string | undefined;
  /** Requests of one visitor, and of all visitors of one account. */
  rates: { visitor: Rate; account: Rate };
}

export interface ProviderAdapter {
  name: Provider;
  /** Media types it posts to us, lower case, without parameters. GET carries none. */
  contentTypes: readonly string[];
  methods: readonly ('GET' | 'POST')[];
  /** Before `verify`, for bodies whose readers hand over what they find piece by piece (forms with files, whole mails). Never rejects: what cannot be read, `parse` refuses. */
  prepare?(request: RawRequest, account: Account, now: Date): Promise<void>;
  /** `true`, or why not. Pure: no secret configured is a refusal, never a pass. */
  verify(request: RawRequest, account: Account, now: Date): true | VerifyRefusal;
  /** The setting-up question some providers ask by GET; undefined when this request is not one. A wrong token gives `refused`. */
  handshake?(request: RawRequest, account: Account): HttpAnswer | 'refused' | undefined;
  /** Only after `verify`. Throws BatonError (`malformed_request`, `validation_error`) and nothing else, whatever the bytes are. */
  parse(request: RawRequest, account: Account, receivedAt: Date): Parsed;
  /** What the provider wants to hear once everything is stored. */
  answer(accepted: number): HttpAnswer;
  buildSend(message: OutboundMessage, account: Account, context: SendContext): BuiltSend;
  /** `messageId`: ours, for providers that answer without an id of their own. `headers` lower case. */
  readSendAnswer(status: number, headers: IncomingHttpHeaders, body: string, messageId: string): SendAnswer;
  /** Shows the customer that somebody writes, for `capabilities.typingSeconds`. */
  buildTyping?: BuildSignal;
  browser?: BrowserSide;
  /** For attachments that need the account's credentials; undefined: the URL stands for itself. Credentials go to the provider's own host only. */
  mediaSource?(url: string, account: Account): MediaSource | undefined;
}

/** A send that got no answer. `before_request`: not one byte went out; `after_request`: some may have. */
export type NetworkPhase = 'before_request' | 'after_request';

/** What to do after a network error; 1 s is a first pause, the caller backs off from there. */
export function classifyNetworkError(can: Pick<Capabilities, 'idempotentSend'>, phase: NetworkPhase): SendAnswer {
  if (phase === 'before_request') return { kind: 'retry', afterMs: 1000, reason: 'the provider could not be reached' };
  if (can.idempotentSend) return { kind: 'retry', afterMs: 1000, reason: 'the provider did not answer' };
  return { kind: 'unknown', detail: 'the provider did not answer; it may have the message' };
}
