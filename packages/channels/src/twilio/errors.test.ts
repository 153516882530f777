import { expect, test } from 'vitest';
import { twilio } from '../twilio.ts';
import { twilioErrorCode } from './errors.ts';

test.each([
  ['21610', 'recipient_opted_out'],
  ['63016', 'window_expired'],
  ['21211', 'recipient_invalid'],
  ['21614', 'recipient_invalid'],
  ['21408', 'destination_not_allowed'],
  ['30003', 'recipient_unreachable'],
  ['30004', 'recipient_blocked'],
  ['30005', 'recipient_unreachable'],
  ['30006', 'recipient_invalid'],
  ['30007', 'message_filtered'],
  ['30008', 'twilio_30008'],
  ['30034', 'channel_misconfigured'],
  ['20003', 'channel_unauthorized'],
  ['21617', 'text_too_long'],
  ['63019', 'attachment_refused'],
  ['63027', 'template_invalid'],
  ['30001', 'rate_limited'],
  ['no/number', 'twilio_error'],
])('the number %s is %s in our words', (number, word) => {
  expect(twilioErrorCode(number)).toBe(word);
});

const answer = (status: number, code: number) => twilio.readSendAnswer(status, {}, JSON.stringify({ code, message: 'x' }), 'msg_1');

test('what passes by itself is tried again, whichever status it comes with', () => {
  expect(answer(429, 20429)).toMatchObject({ kind: 'retry' });
  expect(answer(400, 21611)).toMatchObject({ kind: 'retry' });
  expect(answer(400, 21614)).toMatchObject({ kind: 'failed', code: 'recipient_invalid' });
  expect(answer(503, 20429)).toMatchObject({ kind: 'unknown' });
});
