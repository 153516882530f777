import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('the value that satisfies the condition is returned', async () => {
  let looks = 0;
  expect(
    await eventually(
      () => (looks += 1),
      (n) => n === 3,
      { everyMs: 1 },
    ),
  ).toBe(3);
});

test('an error while looking is not the end', async () => {
  let looks = 0;
  const read = (): string => {
    looks += 1;
    if (looks < 3) throw new Error('not yet');
    return 'there';
  };
  expect(await eventually(read, undefined, { everyMs: 1 })).toBe('there');
});

test('after the deadline the error shows what was waited for and the last value', async () => {
  await expect(
    eventually(
      () => ({ rows: 2 }),
      ({ rows }) => rows === 3,
      { timeoutMs: 20, everyMs: 1, what: 'the third row' },
    ),
  ).rejects.toThrow(/the third row did not come true within 20 ms; the last value was \{ rows: 2 \}/);
});
