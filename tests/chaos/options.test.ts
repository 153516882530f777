import { expect, test } from 'vitest';
import { faults } from './faults/all.ts';
import { help, readOptions } from './options.ts';

test('without options one run of a minute with everything, seeded by the clock', () => {
  expect(readOptions([], () => 42)).toMatchObject({
    seed: 42,
    seconds: 60,
    runs: 1,
    faults: [],
    each: false,
    killPoints: false,
    bugs: undefined,
  });
});

test('minutes are seconds, and faults add up', () => {
  const options = readOptions(['--minutes', '30', '--fault', 'kill-nats', '--fault', 'poison', '--seed', '7']);
  expect(options).toMatchObject({ seconds: 1800, faults: ['kill-nats', 'poison'], seed: 7 });
});

test.for([
  [['--seconds', 'x'], /--seconds must be a whole number from 5/],
  [['--seconds', '5', '--minutes', '1'], /not both/],
  [['--fault', 'earthquake'], /earthquake is unknown; there are kill-/],
  [['--runs', '0'], /--runs/],
] as const)('%s is refused with a sentence', ([args, message]) => {
  expect(() => readOptions(args)).toThrow(message);
});

test('the help names every fault', () => {
  for (const { name } of faults) expect(help).toContain(name);
});
