import { expect, test } from 'vitest';
import { median, quantiles, slope } from './stats.ts';

test('quantiles are values that were measured, by nearest rank', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  expect(quantiles(hundred)).toEqual({ count: 100, p50: 50, p90: 90, p99: 99, max: 100 });
  expect(quantiles(Float64Array.of(7))).toEqual({ count: 1, p50: 7, p90: 7, p99: 7, max: 7 });
  expect(quantiles(new Float64Array())).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 });
});

test('the median of an even number of values lies between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});

test('a leak shows through the saw-tooth of a garbage collector, and the saw-tooth alone is flat', () => {
  const sawtooth = (leak: number) => Array.from({ length: 120 }, (_, x) => ({ x, y: 100 + (x % 10) * 5 + leak * x }));
  expect(slope(sawtooth(0.5))).toBeCloseTo(0.5, 1);
  expect(Math.abs(slope(sawtooth(0)))).toBeLessThan(0.05);
  expect(slope([...sawtooth(0), { x: 60.5, y: 5000 }])).toBeLessThan(0.05);
});
