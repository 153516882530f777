import { OutboundMessage, type RecordSend } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InHand } from '../in-hand.ts';
import { type SendDeps, sendMessage } from './send-message.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const signal = {
  workspaceId: 'w',
  conversationId: 'c',
  messageId: 'm',
  channelAccountId: undefined,
  deliveries: 1,
  redelivered: false,
  waited: false,
};

/** A dispatcher whose process stands still between asking for the claim and having it. */
function frozenFor(ms: number) {
  const records: RecordSend[] = [];
  const calls: unknown[] = [];
  const deps = {
    insist: (work: () => Promise<unknown>) => work(),
    inHand: new InHand(),
    events: { sendEnded: () => undefined, providerAnswered: () => undefined, signalRetried: () => undefined },
    breakers: { wait: () => 0, succeeded: () => undefined, failed: () => undefined },
    directory: { channelAccount: () => ({ channel_account_id: 'a', provider: 'simulator', channel: 'sms', enabled: true }) },
    secrets: { account: () => ({ channel_account_id: 'a', address: '+1', channel: 'sms', settings: {}, credentials: {} }) },
    ingestUrl: 'http://127.0.0.1:9',
    serviceToken: 't',
    sendTimeoutMs: 1000,
    egress: {
      request: async (request: unknown) => {
        calls.push(request);
        return { status: 200, headers: {}, body: Buffer.from('{"id":"p"}') };
      },
    },
    client: {
      claimSend: async () => {
        vi.advanceTimersByTime(ms);
        return {
          kind: 'claimed',
          message: OutboundMessage.fromPartial({ messageId: 'm', claim: 3, channelAccountId: 'a', text: 'x', to: '+2' }),
        };
      },
      recordSend: async (result: RecordSend) => {
        records.push(result);
        return { kind: 'recorded' };
      },
    },
  };
  return { deps: deps as unknown as SendDeps, records, calls };
}

test('a claim is used at once', async () => {
  const { deps, calls } = frozenFor(100);
  await sendMessage(deps, signal);
  expect(calls).toHaveLength(1);
});

test('who wakes up long after the claim does not send: the message goes back into the queue, if it is still theirs', async () => {
  const { deps, records, calls } = frozenFor(10_000);
  await sendMessage(deps, signal);
  expect(calls).toEqual([]);
  expect(records).toMatchObject([{ messageId: 'm', claim: 3, outcome: 'requeue', errorDetail: 'woke_late' }]);
});
