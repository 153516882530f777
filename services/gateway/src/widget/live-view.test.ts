import type { BatonEvent } from '@baton/contracts/events.ts';
import { messageStatuses } from '@baton/contracts/vocabulary.ts';
import { expect, test } from 'vitest';
import { framesOf } from './live-view.ts';
import { OpenStreams } from './open-streams.ts';

const event = (type: string, payload: object) => ({ event_type: type, channel: 'web', conversation_id: 'conv_1', payload }) as BatonEvent;
const message = (over: object) => ({
  message_id: 'msg_1',
  conversation_id: 'conv_1',
  sequence: 1,
  direction: 'outbound',
  author: 'ai',
  sender_name: null,
  text: 'secret until sent',
  attachments: [],
  provider_message_id: null,
  created_at: '2026-05-15T14:32:01.000Z',
  sent_at: null,
  dispatch: null,
  ...over,
});

test('a customer sees what was sent and nothing that a takeover may still cancel, whatever event it comes with', () => {
  for (const type of ['message.queued', 'message.sent', 'message.delivered', 'message.read', 'message.failed', 'message.received'])
    for (const status of messageStatuses) {
      const shown = framesOf(event(type, message({ status }))).frames.some((frame) => frame.type === 'message');
      const may = ['message.sent', 'message.delivered', 'message.read', 'message.received'].includes(type);
      expect([type, status, shown]).toEqual([type, status, may && ['sent', 'delivered', 'read'].includes(status)]);
    }
});

test('what goes out holds what a customer may know and nothing else', () => {
  const inside = { contact_id: 'ctc_1', dispatch_id: 'dsp_1', channel_account_id: 'chn_1', from_number: 'v_1', error: null, metadata: {} };
  const [frame] = framesOf(event('message.sent', message({ status: 'sent', ...inside }))).frames;
  expect(frame?.type === 'message' && Object.keys(frame.message).sort()).toEqual([
    'at',
    'attachments',
    'author',
    'client_id',
    'id',
    'name',
    'position',
    'status',
    'text',
  ]);
});

test('somebody is at it from the decision to ask the AI until whatever came of it', () => {
  const asked = message({ direction: 'inbound', author: 'contact', status: 'received', dispatch: { outcome: 'pending' } });
  expect(framesOf(event('message.received', asked)).frames).toContainEqual({ type: 'typing', on: true });
  for (const type of ['dispatch.completed', 'dispatch.failed', 'dispatch.suppressed'])
    expect(framesOf(event(type, {})).frames).toEqual([{ type: 'typing', on: false }]);
  expect(framesOf(event('conversation.mode_changed', { to_mode: 'human' }))).toEqual({
    frames: [
      { type: 'typing', on: false },
      { type: 'mode', mode: 'human' },
    ],
    reread: false,
  });
  expect(framesOf(event('conversation.mode_changed', { to_mode: 'closed' })).reread).toBe(true);
  expect(framesOf(event('conversation.created', { ai_mode: 'ai' })).frames).toEqual([{ type: 'mode', mode: 'ai' }]);
});

test('neither tabs nor visitors take all places', () => {
  const places = new OpenStreams({ perVisitor: 1, perAccount: 2 });
  const leave = places.enter('chn_1', 'v_1');
  expect([leave, places.enter('chn_1', 'v_1'), places.enter('chn_1', 'v_2'), places.enter('chn_1', 'v_3')].map(Boolean)).toEqual([
    true,
    false,
    true,
    false,
  ]);
  leave?.();
  expect([places.enter('chn_1', 'v_3'), places.size]).toEqual([expect.any(Function), 2]);
});
