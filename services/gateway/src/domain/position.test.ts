import { expect, test } from 'vitest';
import { formatPosition, parsePosition, resumable } from './position.ts';

test('a position survives the way through a frame id', () => {
  const position = { incarnation: Date.UTC(2026, 10, 20), sequence: 42 };
  expect(parsePosition(formatPosition(position))).toEqual(position);
});

test('what was never an id is no position', () => {
  for (const text of ['', '42', 'x-', '-1', 'a-01', 'a-1e3', 'zzzzzzzzzzz-1', 'a-9999999999999999'])
    expect(parsePosition(text)).toBeUndefined();
});

test('a stream is resumed only where everything after the position is still there', () => {
  const extent = { incarnation: 7, first: 10, last: 20 };
  expect(resumable({ incarnation: 7, sequence: 9 }, extent)).toEqual({ ok: true });
  expect(resumable({ incarnation: 7, sequence: 20 }, extent)).toEqual({ ok: true });
  expect(resumable({ incarnation: 7, sequence: 8 }, extent)).toEqual({ ok: false, reason: 'position_too_old' });
  expect(resumable({ incarnation: 7, sequence: 21 }, extent)).toEqual({ ok: false, reason: 'unknown_position' });
  expect(resumable({ incarnation: 6, sequence: 15 }, extent)).toEqual({ ok: false, reason: 'stream_rebuilt' });
  expect(resumable(undefined, extent)).toEqual({ ok: false, reason: 'unknown_position' });
});
