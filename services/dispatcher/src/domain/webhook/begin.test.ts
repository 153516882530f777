import { describe, expect, test } from 'vitest';
import { beginAt } from './begin.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000);
const stream = { created: 'monday', last: 900 };
const seen = { streamCreated: 'monday', position: 500, seenUntil: at(1000) };
const endpoint = (activeFrom: Date, covered = false) => ({ activeFrom, covered });

describe('reading begins', () => {
  test('behind what has been seen to, also at another instance, for endpoints of long ago', () => {
    expect(beginAt({ seen, stream, endpoints: [endpoint(at(0))] })).toEqual({ from: { sequence: 501 }, position: 500 });
  });

  test('at the birth of an endpoint that came to be when it may not have been known yet', () => {
    const begin = beginAt({ seen, stream, endpoints: [endpoint(at(0)), endpoint(at(990))] });
    expect(begin).toEqual({ from: { time: at(985) }, position: 500 });
  });

  test('not there once this reader has gone back for it', () => {
    expect(beginAt({ seen, stream, endpoints: [endpoint(at(0)), endpoint(at(990), true)] }).from).toEqual({ sequence: 501 });
  });

  test('behind what has been seen to while that lies before the birth: nothing of the others may be passed over', () => {
    expect(beginAt({ seen, stream, endpoints: [endpoint(at(0)), endpoint(at(2000))] }).from).toEqual({ sequence: 501 });
  });

  test('at the first birth where nobody listened before', () => {
    expect(beginAt({ seen, stream, endpoints: [endpoint(at(5000)), endpoint(at(6000))] }).from).toEqual({ time: at(4995) });
    const never = { streamCreated: '', position: 0, seenUntil: at(1000) };
    expect(beginAt({ seen: never, stream, endpoints: [endpoint(at(5000))] })).toEqual({ from: { time: at(4995) }, position: 0 });
  });

  test('at the beginning of a stream that was made anew', () => {
    expect(beginAt({ seen, stream: { created: 'tuesday', last: 900 }, endpoints: [endpoint(at(0))] })).toEqual({
      from: { sequence: 1 },
      position: 0,
    });
    expect(beginAt({ seen, stream: { created: 'monday', last: 400 }, endpoints: [endpoint(at(0))] }).from).toEqual({ sequence: 1 });
  });
});
