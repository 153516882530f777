import { stringify } from 'node:querystring';
import { expect, test } from 'vitest';
import { account, outbound, post, receivedAt, sendContext } from '../../test/account.ts';
import { twilio } from '../twilio.ts';
import { parseTwilio } from './inbound.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const ours = account({ channel: 'voice', credentials: { account_sid: 'AC1', auth_token: 't' } });

function parse(params: Record<string, string>, query = '') {
  return parseTwilio(post(stringify(params), form, `https://in.example.com/providers/twilio/chn_1${query}`), ours, receivedAt);
}

const recording = {
  TranscriptionSid: 'TR1',
  TranscriptionText: 'Please call me back about the flat.',
  TranscriptionStatus: 'completed',
  RecordingSid: 'RE1',
  RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1',
  CallSid: 'CA1',
  From: '+14155550123',
  To: '+15550100',
  Direction: 'inbound',
};

test("a recording's transcript is a message of the caller, with the recording beside it", () => {
  expect(parse(recording).messages).toMatchObject([
    {
      channel: 'voice',
      provider_message_id: 'TR1',
      from: '+14155550123',
      to: '+15550100',
      text: 'Please call me back about the flat.',
      attachments: [{ url: `${recording.RecordingUrl}.mp3`, content_type: 'audio/mpeg' }],
      metadata: { call_sid: 'CA1', type: 'voice_recording' },
    },
  ]);
});

test('a transcription that failed still tells that somebody called, and where it can be heard', () => {
  const [message] = parse({ ...recording, TranscriptionText: '', TranscriptionStatus: 'failed' }).messages;
  expect(message).toMatchObject({ text: '[voice message without a transcript]', metadata: { transcription_status: 'failed' } });
  expect(message!.attachments).toHaveLength(1);
});

test('of a call that we made, the customer is the one who was called', () => {
  expect(parse({ ...recording, Direction: 'outbound-api' }).messages[0]).toMatchObject({ from: '+15550100', to: '+14155550123' });
});

const live = {
  TranscriptionSid: 'GT1',
  TranscriptionEvent: 'transcription-content',
  CallSid: 'CA1',
  SequenceId: '3',
  Track: 'inbound_track',
  Final: 'true',
  TranscriptionData: '{"transcript":"Is the flat still free?","confidence":0.97}',
};

test.each(['?from=%2B14155550123&to=%2B15550100', '?from=+14155550123'])(
  'each finished sentence of a live call is a message (%s)',
  (query) => {
    expect(parse(live, query).messages).toMatchObject([
      { channel: 'voice', provider_message_id: 'GT1.3', from: '+14155550123', to: '+15550100', text: 'Is the flat still free?' },
    ]);
  },
);

test.each([
  ['a guess that is not final', { Final: 'false' }],
  ['our own side of the call', { Track: 'outbound_track' }],
  ['its beginning', { TranscriptionEvent: 'transcription-started' }],
  ['silence', { TranscriptionData: '{"transcript":" "}' }],
  ['no JSON', { TranscriptionData: 'x' }],
])('of a live call is counted, not stored: %s', (_, over) => {
  expect(parse({ ...live, ...over }, '?from=%2B1415')).toEqual({ messages: [], receipts: [], ignored: 1 });
});

test('a live call without the number of its caller is refused with what is missing: Twilio shows it in its log', () => {
  expect(() => parse(live)).toThrow(/\?from=/);
});

test('a call cannot be answered with a text, and that is said before anything leaves', () => {
  expect(twilio.buildSend(outbound({ channel: 'voice' }), ours, sendContext)).toMatchObject({
    kind: 'failed',
    code: 'channel_receives_only',
  });
});
