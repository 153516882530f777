import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { describe, expect, it } from 'vitest';
import { echoReply } from './echo.ts';
import { turnBody } from './turn-payload.ts';

const file = { url: 'https://files.example/a.jpg', contentType: 'image/jpeg', size: 3, name: 'a.jpg' };
const message = (messageId: string, text: string, role = 'user') => ({
  messageId,
  role,
  text,
  attachments: text === '' ? [file] : [],
  createdAt: new Date('2026-05-15T14:32:01.000Z'),
});
const turn: Turn = {
  dispatchId: 'dsp_1',
  conversationId: 'conv_1',
  agentId: 'agt_1',
  channel: 'sms',
  modeEpoch: 3,
  attempt: 1,
  contact: { contactId: 'ctc_1', name: 'Ada', phone: '+15550100', attributes: { lead_status: 'new' } },
  messages: [message('msg_1', 'old'), message('msg_2', 'Echo: old', 'assistant'), message('msg_3', 'new'), message('msg_4', '')],
  newMessageIds: ['msg_3', 'msg_4'],
  deadline: new Date('2026-05-15T14:32:31.000Z'),
  channelAccountId: 'chn_1',
  typing: undefined,
};

describe('the echo backend', () => {
  it('says back what is new, files by their count', () => {
    expect(echoReply(turn).messages).toEqual([{ text: 'Echo: new\n[1 file]', attachments: [] }]);
  });

  it('is silent when nothing is new', () => {
    expect(echoReply({ ...turn, newMessageIds: [] }).messages).toEqual([]);
  });
});

describe('the body of a webhook turn', () => {
  it('has the fields of api.md §5', () => {
    expect(JSON.parse(turnBody({ ...turn, messages: turn.messages.slice(3) }))).toEqual({
      dispatch_id: 'dsp_1',
      conversation_id: 'conv_1',
      agent_id: 'agt_1',
      channel: 'sms',
      mode_epoch: 3,
      contact: { contact_id: 'ctc_1', name: 'Ada', phone: '+15550100', email: null, attributes: { lead_status: 'new' } },
      messages: [
        {
          message_id: 'msg_4',
          role: 'user',
          text: '',
          attachments: [{ url: 'https://files.example/a.jpg', content_type: 'image/jpeg', size: 3, name: 'a.jpg' }],
          created_at: '2026-05-15T14:32:01.000Z',
        },
      ],
      new_message_ids: ['msg_3', 'msg_4'],
      deadline: '2026-05-15T14:32:31.000Z',
    });
  });
});
