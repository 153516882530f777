import { expect, test } from 'vitest';
import { type Evidence, judge } from './checker.ts';

const sound = (): Evidence => ({
  accepted: [
    { from: '+1', id: 'a', text: 'one', at: 0 },
    { from: '+1', id: 'b', text: 'two', at: 0 },
  ],
  conversations: [{ conversation_id: 'c', remote_address: '+1' }],
  messages: [
    message({ message_id: 'm1', sequence: 1, provider_message_id: 'a' }),
    message({ message_id: 'm2', sequence: 2, ...reply('d1', 'one!'), provider_message_id: 'SM1' }),
    message({ message_id: 'm3', sequence: 3, provider_message_id: 'b' }),
    message({ message_id: 'm4', sequence: 4, ...reply('d2', 'two!'), provider_message_id: 'SM2' }),
  ],
  dispatches: [
    { dispatch_id: 'd1', conversation_id: 'c', message_ids: ['m1'], outcome: 'replied', reason: null, reply_message_ids: ['m2'] },
    { dispatch_id: 'd2', conversation_id: 'c', message_ids: ['m3'], outcome: 'replied', reason: null, reply_message_ids: ['m4'] },
  ],
  provider: [
    { to: '+1', text: 'one!', id: 'SM1', at: 1 },
    { to: '+1', text: 'two!', id: 'SM2', at: 2 },
  ],
  violations: [],
  leftovers: [],
});

function message(fields: Partial<Evidence['messages'][number]>): Evidence['messages'][number] {
  return {
    message_id: '',
    conversation_id: 'c',
    sequence: 0,
    direction: 'inbound',
    author: 'contact',
    text: '',
    status: 'received',
    status_history: [],
    provider_message_id: null,
    dispatch_id: null,
    ...fields,
  };
}

function reply(dispatch_id: string, text: string) {
  return { direction: 'outbound', author: 'ai', status: 'sent', dispatch_id, text } as const;
}

test('evidence without a fault passes', () => {
  expect(judge(sound())).toEqual([]);
});

test('a send recorded as unknown may have reached the provider or not', () => {
  const e = sound();
  Object.assign(e.messages[3] ?? {}, { status: 'unknown', provider_message_id: null });
  expect(judge(e)).toEqual([]);
  e.provider.pop();
  expect(judge(e)).toEqual([]);
});

// Each fault that the load tests are there to find, seeded by hand: the judge must name every one.
const faults: [string, (e: Evidence) => void, RegExp][] = [
  ['a lost message', (e) => e.accepted.push({ from: '+1', id: 'c', text: 'three', at: 0 }), /inbound c of \+1 stands 0 times/],
  [
    'a doubled message',
    (e) => e.messages.push({ ...message({ message_id: 'm5', sequence: 5, provider_message_id: 'a' }) }),
    /stands 2 times/,
  ],
  ['a message from nowhere', (e) => e.accepted.pop(), /b was never sent/],
  ['a message in another thread', (e) => Object.assign(e.accepted[0] ?? {}, { from: '+2' }), /another's thread/],
  ['messages in another order than sent', (e) => e.accepted.reverse(), /inbound of c is out of order/],
  ['a message that no turn answered', (e) => e.dispatches[1]?.message_ids.pop(), /m3 is in 0 dispatches/],
  ['a message answered twice', (e) => e.dispatches[1]?.message_ids.push('m1'), /m1 is in 2 dispatches/],
  ['a failed turn', (e) => Object.assign(e.dispatches[1] ?? {}, { outcome: 'failed' }), /d2 is failed/],
  ['a reply of no turn', (e) => e.dispatches[1]?.reply_message_ids.pop(), /m4 belongs to no dispatch/],
  [
    'a reply sent twice',
    (e) => e.provider.push({ to: '+1', text: 'one!', id: 'SM9', at: 3 }),
    /m2 is sent and reached the provider 2 times/,
  ],
  ['a reply never sent', (e) => e.provider.pop(), /m4 is sent and reached the provider 0 times/],
  ['a cancelled reply that went out', (e) => Object.assign(e.messages[3] ?? {}, { status: 'cancelled' }), /is cancelled and reached/],
  [
    'a send of what stands nowhere',
    (e) => e.provider.push({ to: '+1', text: 'what?', id: 'SM9', at: 3 }),
    /"what\?", which stands nowhere/,
  ],
  ['replies in another order than written', (e) => Object.assign(e.provider[0] ?? {}, { at: 9 }), /outbound of c is out of order/],
  ['a broken invariant', (e) => e.violations.push('messages.numbered: c'), /messages.numbered/],
  ['something left over', (e) => e.leftovers.push('1 dead letter'), /1 dead letter/],
];

test.each(faults)('%s is found', (_name, seed, words) => {
  const e = sound();
  seed(e);
  expect(judge(e).join('\n')).toMatch(words);
});
