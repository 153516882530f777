import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('without options everything has its default', () => {
  expect(readOptions([], '/repo')).toMatchObject({
    seconds: 10,
    rounds: 3,
    profiles: ['durable', 'interval'],
    targets: ['floor', 'product'],
    loads: [0.1, 0.3, 0.5, 0.7, 0.9],
  });
});

test('every wrong option is named in one error', () => {
  expect(() => readOptions(['--seconds', 'x', '--only', 'y', '--loads', '30,z'], '/repo')).toThrow(/--seconds.*--only.*--loads/);
  expect(() => readOptions(['--senders', '8', '--in-flight', '9', '--accounts', '8'], '/repo')).toThrow(/--senders must be at least/);
  expect(() => readOptions(['--bogus'], '/repo')).toThrow(/--bogus/);
});

test('a soak is given in minutes, with or without the letter', () => {
  expect(readOptions(['--soak', '10m'], '/repo')?.soakMinutes).toBe(10);
  expect(readOptions(['--soak', '3'], '/repo')).toMatchObject({ soakMinutes: 3, soakLoad: 0.3, badCompany: false });
  expect(readOptions(['--soak', '30', '--soak-load', '50', '--bad-company'], '/repo')).toMatchObject({ soakLoad: 0.5, badCompany: true });
});

test('only one target is measured, or something else altogether', () => {
  expect(readOptions(['--only', 'floor'], '/repo')).toMatchObject({ targets: ['floor'], part: undefined });
  expect(readOptions(['--only', 'webhooks'], '/repo')).toMatchObject({ targets: [], part: 'webhooks' });
});

test('reads are measured over a million messages, or as many as are asked for', () => {
  expect(readOptions(['--only', 'reads'], '/repo')).toMatchObject({ part: 'reads', messages: 1_000_000 });
  expect(readOptions(['--only', 'reads', '--messages', '5000'], '/repo')?.messages).toBe(5000);
  expect(() => readOptions(['--only', 'reads', '--messages', '1'], '/repo')).toThrow(/--messages/);
});

test('help is no run', () => {
  expect(readOptions(['--help'], '/repo')).toBeUndefined();
});
