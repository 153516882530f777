import type { IncomingHttpHeaders } from 'node:http';
import type { OutboundMessage } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import type { Account, RawRequest } from '../src/provider.ts';

export const receivedAt = new Date('2026-05-15T14:32:01.000Z');

export function account(over: Partial<Account> = {}): Account {
  return {
    channelAccountId: 'chn_01hzzzzzzzzzzzzzzzzzzzzzzz',
    workspaceId: 'acc_01hzzzzzzzzzzzzzzzzzzzzzzz',
    agentId: 'agt_01hzzzzzzzzzzzzzzzzzzzzzzz',
    channel: 'sms',
    address: '+15550100',
    credentials: {},
    ...over,
  };
}

export function post(
  body: string | Buffer,
  headers: IncomingHttpHeaders = {},
  url = 'https://in.example.com/providers/x/chn_1',
): RawRequest {
  return { method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(body) };
}

export function outbound(over: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    messageId: 'msg_01hzzzzzzzzzzzzzzzzzzzzzzz',
    workspaceId: 'acc_01hzzzzzzzzzzzzzzzzzzzzzzz',
    conversationId: 'conv_01hzzzzzzzzzzzzzzzzzzzzzzz',
    channelAccountId: 'chn_01hzzzzzzzzzzzzzzzzzzzzzzz',
    channel: 'sms',
    from: '+15550100',
    to: '+14155550123',
    text: 'Your appointment is at 3.',
    attachments: [],
    template: undefined,
    claim: 1,
    author: 'ai',
    stale: false,
    metadata: undefined,
    ...over,
  };
}

export const sendContext = { ingestUrl: 'https://in.example.com', serviceToken: 'token', now: receivedAt };
