import { describe, expect, it } from 'vitest';
import { retrySignal } from './retry-signal.ts';

const now = new Date('2026-05-15T14:32:01.000Z');
const place = 'p07.acc_1.conv_1';
const envelope = { event_id: 'evt_1', workspace_id: 'acc_1', agent_id: 'agt_1', channel: 'sms', conversation_id: 'conv_1', sequence: 4 };
const letter = (type: string, payload: unknown) => ({
  subject: `${type}.${place}`,
  payload: JSON.stringify({ ...envelope, event_type: type, timestamp: '2026-05-15T14:00:00.000Z', payload }),
});

describe('a dead letter on its way again', () => {
  it('is a dispatch.ready when a customer’s message was given up', () => {
    const signal = retrySignal(letter('message.received', { message_id: 'msg_1', dispatch: { dispatch_id: 'dsp_1' } }), now);
    expect(signal?.subject).toBe(`dispatch.ready.${place}`);
    expect(JSON.parse(signal!.payload)).toEqual({
      ...envelope,
      event_type: 'dispatch.ready',
      sequence: 0,
      timestamp: now.toISOString(),
      payload: { dispatch_id: 'dsp_1', recover: true },
    });
  });

  it.each(['dispatch.ready', 'send.ready'])('is itself when it was a %s', (type) => {
    const given = letter(type, { dispatch_id: 'dsp_1', message_id: 'msg_1' });
    expect(retrySignal(given, now)).toBe(given);
  });

  it.each([
    { subject: `message.received.${place}`, payload: '{' },
    { subject: `message.received.${place}`, payload: 'null' },
    letter('message.received', {}),
  ])('does not exist when nothing can be read from it (%j)', (given) => {
    expect(retrySignal(given, now)).toBeUndefined();
  });
});
