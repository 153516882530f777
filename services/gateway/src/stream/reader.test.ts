import { expect, test } from 'vitest';
import type { Frame } from './frame.ts';
import { Groups } from './groups.ts';
import { Reader } from './reader.ts';
import { Recent } from './recent.ts';
import { Ring } from './ring.ts';

const frame = (sequence: number, size = 10): Frame => ({
  sequence,
  workspaceId: 'acc_1',
  conversationId: 'conv_1',
  eventId: `evt_${sequence}`,
  bytes: Buffer.from(`${sequence}`.padEnd(size, '.')),
  agentId: () => 'agt_1',
});

function reader(interest = {}) {
  const written: string[] = [];
  const sink = {
    write: (bytes: Buffer) => void written.push(bytes.toString()),
    backlog: () => 0,
    drained: async () => true,
    end: () => undefined,
  };
  return { reader: new Reader({ workspaceId: 'acc_1', ...interest }, sink), written };
}

test('a reader takes nothing at or below its position', () => {
  const { reader: one, written } = reader();
  one.position = 5;
  one.give([frame(4), frame(5)]);
  one.give([frame(5), frame(6), frame(7)], () => Buffer.from('all'));
  one.give([frame(8)], () => Buffer.from('together'));
  expect(written).toEqual(['6.........7.........', 'together']);
  expect(one.position).toBe(8);
});

test('what comes while a reader catches up follows what it caught up with', () => {
  const { reader: one, written } = reader();
  one.hold();
  one.give([frame(10), frame(11)]);
  expect(written).toEqual([]);
  one.position = 10;
  expect(one.release()).toBe(true);
  expect(written.join('')).toBe('11........');
});

test('a reader that is held too long forgets what was held and must read on from the store', () => {
  const { reader: one, written } = reader();
  one.hold();
  for (let i = 1; i <= 20; i++) one.give([frame(i, 50_000)]);
  expect(one.release()).toBe(false);
  expect(written).toEqual([]);
});

test('the ring says what came after a position, or that it does not know', () => {
  const ring = new Ring({ floor: 3, maxFrames: 4, maxBytes: 1e6 });
  for (const sequence of [5, 6, 9]) ring.push(frame(sequence));
  const after = (sequence: number) => ring.after(sequence, () => true)?.map((one) => one.sequence);
  expect(after(3)).toEqual([5, 6, 9]);
  expect(after(6)).toEqual([9]);
  expect(after(9)).toEqual([]);
  expect(after(2)).toBeUndefined();
  for (const sequence of [10, 11]) ring.push(frame(sequence));
  expect(after(4)).toBeUndefined();
  expect(after(5)).toEqual([6, 9, 10, 11]);
});

test('an id is known again for as long as promised', () => {
  const recent = new Recent(3);
  expect(['a', 'b', 'c', 'a', 'd', 'b'].map((id) => recent.add(id))).toEqual([true, true, true, false, true, false]);
});

test('readers of one group share the bytes, and an agent’s reader sees only that agent', () => {
  const groups = new Groups({ tooSlow: () => undefined, sent: () => undefined });
  const all = reader();
  const agent = reader({ agentId: 'agt_1' });
  const stranger = reader({ agentId: 'agt_2' });
  for (const one of [all, agent, stranger]) groups.add(one.reader);
  groups.give(frame(1));
  groups.give(frame(2));
  groups.flush();
  expect(all.written).toEqual(['1.........2.........']);
  expect(agent.written).toEqual(all.written);
  expect(stranger.written).toEqual([]);
  groups.remove(all.reader);
  expect(groups.size).toBe(2);
});
