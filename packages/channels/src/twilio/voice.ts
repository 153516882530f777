import type { Attachment, InboundMessage } from '@baton/contracts/gen/json/baton/events/v1/inbound.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { normalizeAddress } from '../phone.ts';
import type { Account } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { asText, type JsonObject } from '../wire/json.ts';
import { isProviderId } from '../wire/provider-id.ts';
import { clip, isTooLong } from '../wire/text.ts';
import { one } from './params.ts';
import type { Params } from './signature.ts';

interface At {
  /** Of the callback's URL, which Twilio signs as it was written into the TwiML. */
  query: Params;
  account: Account;
  receivedAt: string;
}

interface Spoken {
  id: string;
  customer: string;
  ours: string;
  text: string;
  attachments: Attachment[];
  metadata: JsonObject;
}

/**
 * What a caller said: a recording's transcript (`<Record transcribe="true">`), or a finished sentence of a call that is being transcribed
 * (`<Start><Transcription>`). undefined: an event without words, or our own side of the call.
 */
export function readSpoken(params: Params, at: At): InboundMessage | undefined {
  const event = one(params, 'TranscriptionEvent');
  const spoken = event === '' ? ofRecording(params) : ofLiveCall(event, params, at);
  if (!spoken) return undefined;
  if (!isProviderId(spoken.id)) throw new BatonError('malformed_request', 'TranscriptionSid is not an id.');
  if (isTooLong(spoken.text)) throw new BatonError('malformed_request', 'The transcript is longer than 64 KiB.');
  const { account, receivedAt } = at;
  // A withheld number (`anonymous`, `+266696687`) still spoke: it is kept as it came.
  const address = (raw: string) => normalizeAddress('voice', raw, account.address) ?? clip(raw.trim(), 320);
  return {
    workspace_id: account.workspaceId,
    channel_account_id: account.channelAccountId,
    agent_id: account.agentId,
    provider: 'twilio',
    channel: 'voice',
    provider_message_id: spoken.id,
    from: address(spoken.customer),
    to: spoken.ours === '' ? account.address : address(spoken.ours),
    text: spoken.text,
    attachments: spoken.attachments,
    contact: undefined,
    author: 'contact',
    sent_at: receivedAt,
    received_at: receivedAt,
    metadata: { ...spoken.metadata, ...callOf(params) },
    provider_opt_out: '',
  };
}

function ofRecording(params: Params): Spoken {
  const recording = one(params, 'RecordingUrl');
  const [from, to] = [one(params, 'From'), one(params, 'To')];
  if (from === '' || to === '') throw new BatonError('malformed_request', 'From and To are needed beside TranscriptionSid.');
  // Where we called, the customer is the one who was called.
  const weCalled = one(params, 'Direction').startsWith('outbound');
  const text = one(params, 'TranscriptionText').trim();
  return {
    id: one(params, 'TranscriptionSid'),
    customer: weCalled ? to : from,
    ours: weCalled ? from : to,
    // A transcription that failed must not lose the call: the recording can still be listened to.
    text: text === '' ? '[voice message without a transcript]' : text,
    // Without an ending Twilio answers with a WAV file of ten times the size.
    attachments: recording === '' ? [] : [{ url: `${recording}.mp3`, content_type: 'audio/mpeg', size: 0, name: '' }],
    metadata: {
      type: 'voice_recording',
      ...(text === '' && { transcription_status: clip(one(params, 'TranscriptionStatus'), 32) || 'empty' }),
    },
  };
}

function ofLiveCall(event: string, params: Params, { query }: At): Spoken | undefined {
  // Also of calls that we made, `inbound_track` is what Twilio hears from the other end; `Final` is absent where no partial results were asked for.
  const isCustomers = one(params, 'Track') === 'inbound_track';
  const isFinal = one(params, 'Final').toLowerCase() !== 'false';
  if (event !== 'transcription-content' || !isCustomers || !isFinal) return undefined;
  const text = asText(answerBody(one(params, 'TranscriptionData'))['transcript']).trim();
  if (text === '') return undefined;
  // These callbacks name the call only: who is speaking has to stand in the address that the TwiML gives.
  const customer = number(query, 'from');
  if (customer === '')
    throw new BatonError('malformed_request', "The statusCallbackUrl of <Transcription> needs the caller's number as ?from=.");
  return {
    id: `${one(params, 'TranscriptionSid')}.${one(params, 'SequenceId')}`,
    customer,
    ours: number(query, 'to'),
    text,
    attachments: [],
    metadata: { type: 'voice_live' },
  };
}

/** A `+` that nobody encoded reads as a space. */
function number(query: Params, name: string): string {
  return one(query, name).replace(/^ (?=\d)/, '+');
}

function callOf(params: Params): JsonObject {
  const call = clip(one(params, 'CallSid'), 64);
  return call === '' ? {} : { call_sid: call };
}
