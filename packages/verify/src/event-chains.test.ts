import { expect, test } from 'vitest';
import { EventChains } from './event-chains.ts';

const event = (sequence: number, event_id = `e${sequence}`, conversation_id = 'c') => ({ conversation_id, sequence, event_id });

function problems(fromTheStart: boolean, ...events: ReturnType<typeof event>[]): string[] {
  const chains = new EventChains({ fromTheStart, remembers: 100 });
  return events.flatMap((one) => chains.add(one) ?? []);
}

test('events in order are fine, each conversation’s by itself, with repeats and internal signals in between', () => {
  expect(problems(true, event(1), event(1, 'x', 'd'), event(2), event(0, 's'), event(1), event(2), event(3))).toEqual([]);
});

test('a gap and a step back are found, and one fault is told once', () => {
  expect(problems(true, event(1), event(3), event(4))).toEqual(['event 3 came where 2 was due']);
  expect(problems(true, event(1), event(2), event(4), event(3), event(4), event(5))).toHaveLength(3);
});

test('two events under one number are found', () => {
  expect(problems(true, event(1), event(2), event(2, 'other'))).toEqual(['number 2 is e2 and other']);
});

test('the beginning may be missing only where it may have been cleared away', () => {
  expect(problems(true, event(4), event(5))).toEqual(['event 4 came where 1 was due']);
  expect(problems(false, event(4), event(5))).toEqual([]);
});

test('extents tell from where to where events came', () => {
  const chains = new EventChains({ fromTheStart: false, remembers: 100 });
  for (const one of [event(4), event(5), event(4), event(7, 'x', 'd')]) chains.add(one);
  expect([...chains.extents()].map(([id, { first, last }]) => [id, first, last])).toEqual([
    ['c', 4, 5],
    ['d', 7, 7],
  ]);
  expect(chains.extent('nobody')).toBeUndefined();
});

test('what is forgotten counts as come again, and where nothing is remembered nothing may', () => {
  const short = new EventChains({ fromTheStart: true, remembers: 2 });
  expect([1, 2, 3, 4, 1, 2, 5].flatMap((n) => short.add(event(n)) ?? [])).toEqual([]);
  expect(short.extent('c')).toMatchObject({ first: 1, last: 5 });
  const strict = new EventChains({ fromTheStart: true, remembers: 0 });
  expect([1, 2, 1].flatMap((n) => strict.add(event(n)) ?? [])).toEqual(['event 1 came where 3 was due']);
});

test('what was filled in again counts wherever it stands; what was not is missing', () => {
  const filled = (sequence: number) => ({ ...event(sequence), again: true });
  const chains = new EventChains({ fromTheStart: false, remembers: 2, mayBeFilledIn: true });
  const came = [event(4), event(5), event(9), event(10), filled(2), filled(3), filled(6), filled(8), event(11)];
  expect(came.flatMap((one) => chains.add(one) ?? [])).toEqual([]);
  expect([...chains.missing()]).toEqual([['c', [7]]]);
  expect(chains.extent('c')).toEqual({ first: 2, last: 11 });
  expect(chains.add(event(10, 'other'))).toContain('number 10 is');
});
