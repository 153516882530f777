import { expect, test } from 'vitest';
import { keywordOf } from './keywords.ts';

test.each(['STOP', 'stop', ' Stop\n', 'UNSUBSCRIBE', 'cancel', 'End', 'QUIT'])('%j opts out', (text) => {
  expect(keywordOf(text)?.kind).toBe('stop');
});

test.each(['START', 'subscribe', ' UnStop '])('%j opts in', (text) => {
  expect(keywordOf(text)?.kind).toBe('start');
});

test.each(['', 'please stop', 'STOP!', 'stopp', 'the end', 'cancel my order'])('%j is an ordinary message', (text) => {
  expect(keywordOf(text)).toBeUndefined();
});
