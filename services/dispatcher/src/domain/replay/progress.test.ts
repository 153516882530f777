import { expect, test } from 'vitest';
import { afterTurn, failuresBeforeEnd, type Progress, type TurnEnd } from './progress.ts';

const begun: Progress = {
  status: 'running',
  error: null,
  total: 100,
  done: 0,
  failed: 0,
  skipped: 0,
  failures_in_row: 0,
  input_tokens: 0,
  output_tokens: 0,
  max_tokens: null,
};
const done: TurnEnd = { status: 'done', error: null, usage: { input_tokens: 30, output_tokens: 10 } };
const failed: TurnEnd = { status: 'failed', error: 'the backend answered 401', usage: null };
const skipped: TurnEnd = { status: 'skipped', error: 'erased', usage: null };
const after = (turns: TurnEnd[], from: Partial<Progress> = {}) => turns.reduce(afterTurn, { ...begun, ...from });

test('a replay is completed with its last turn, however those ended', () => {
  expect(after([done, failed, skipped], { total: 4 })).toMatchObject({ status: 'running', done: 1, failed: 1, skipped: 1 });
  expect(after([done, failed, skipped, done], { total: 4 })).toMatchObject({ status: 'completed', done: 2, output_tokens: 20 });
});

test('a backend that gives nothing many times in a row ends the replay, with what it said last', () => {
  const almost = Array<TurnEnd>(failuresBeforeEnd - 1).fill(failed);
  expect(after(almost).status).toBe('running');
  expect(after([...almost, skipped, failed])).toMatchObject({ status: 'failed', error: failed.error });
  expect(after([...almost, done, ...almost]).status).toBe('running');
});

test('what may be spent ends it, and what was on its way then is counted and changes nothing', () => {
  const spent = after([done, done, done], { max_tokens: 120 });
  expect(spent).toMatchObject({ status: 'cancelled', error: 'max_tokens is reached', input_tokens: 90 });
  expect(after([failed], spent)).toMatchObject({ status: 'cancelled', failed: 1, error: 'max_tokens is reached' });
});
