import { expect, test } from 'vitest';
import { Continuity } from './continuity.ts';

const chain = (...sequences: number[]) => sequences.map((sequence) => ({ conversation_id: 'c', sequence }));

test('a conversation’s first events need no proof', () => {
  expect(new Continuity().follows(chain(1, 2))).toBe(true);
});

test('events that go on after the last published one follow, others do not', () => {
  const known = new Continuity();
  for (const event of chain(1, 2)) known.published(event);
  expect(known.follows(chain(3, 0, 4))).toBe(true);
  expect(known.follows(chain(4))).toBe(false);
  expect(known.follows(chain(2))).toBe(false);
  expect(known.follows(chain(3, 5))).toBe(false);
});

test('without knowledge of what was published nothing but a beginning follows', () => {
  const known = new Continuity();
  expect(known.follows(chain(7))).toBe(false);
  for (const event of chain(1, 2)) known.published(event);
  known.broken('c');
  expect(known.follows(chain(3))).toBe(false);
});

test('internal signals alone may always go', () => {
  expect(new Continuity().follows(chain(0, 0))).toBe(true);
});
