import { describe, expect, it } from 'vitest';
import { Breakers } from './breaker.ts';

describe('a breaker', () => {
  const whole = () => new Breakers({ failures: 2, firstMs: 1000, longestMs: 3000 });
  const broken = () => {
    const breakers = whole();
    breakers.failed('a', { askedMs: 0, nowMs: 0 });
    breakers.failed('a', { askedMs: 0, nowMs: 10 });
    return breakers;
  };
  /** One is let through at that time and fails at once. */
  const tryInVain = (breakers: Breakers, nowMs: number) => {
    expect(breakers.wait('a', nowMs)).toBe(0);
    breakers.failed('a', { askedMs: nowMs, nowMs });
  };

  it('stays closed through single failures', () => {
    const breakers = whole();
    expect(breakers.failed('a', { askedMs: 0, nowMs: 0 })).toBe(false);
    expect(breakers.wait('a', 1)).toBe(0);
    expect(breakers.succeeded('a')).toBe(false);
    breakers.failed('a', { askedMs: 1, nowMs: 2 });
    expect(breakers.wait('a', 3)).toBe(0);
  });

  it('holds everybody off for a while, of that account only', () => {
    const breakers = broken();
    expect(breakers.wait('a', 510)).toBe(500);
    expect(breakers.wait('b', 510)).toBe(0);
  });

  it('then lets one through, and the rest when that one succeeded', () => {
    const breakers = broken();
    expect(breakers.wait('a', 1010)).toBe(0);
    expect(breakers.wait('a', 1011)).toBeGreaterThan(0);
    expect(breakers.succeeded('a')).toBe(true);
    expect(breakers.wait('a', 1012)).toBe(0);
  });

  it('says how it stands without taking the turn of whoever tries first', () => {
    const breakers = broken();
    expect([breakers.closed('a'), breakers.open, breakers.pause('a', 510), breakers.pause('a', 1010)]).toEqual([false, 1, 500, 0]);
    expect([breakers.closed('b'), breakers.pause('b', 510)]).toEqual([true, 0]);
    expect(breakers.wait('a', 1010)).toBe(0);
    expect([breakers.closed('a'), breakers.pause('a', 1011) > 0]).toEqual([false, true]);
    breakers.succeeded('a');
    expect([breakers.closed('a'), breakers.open, breakers.pause('a', 1012)]).toEqual([true, 0, 0]);
  });

  it('holds off for longer each time, up to a limit', () => {
    const breakers = broken();
    tryInVain(breakers, 1010);
    expect(breakers.pause('a', 1010)).toBe(2000);
    tryInVain(breakers, 3010);
    expect(breakers.pause('a', 3010)).toBe(3000);
    tryInVain(breakers, 6010);
    expect(breakers.pause('a', 6010)).toBe(3000);
  });

  it('takes a fault that many met together for one', () => {
    const breakers = broken();
    for (let nth = 0; nth < 20; nth++) expect(breakers.failed('a', { askedMs: 5, nowMs: 20 + nth })).toBe(false);
    expect(breakers.pause('a', 510)).toBe(500);
    // Nor does one that was asked before say how it went with whoever tries.
    expect(breakers.wait('a', 1010)).toBe(0);
    breakers.failed('a', { askedMs: 5, nowMs: 1500 });
    expect(breakers.pause('a', 1500)).toBe(510);
  });

  it('has the others ask again soon while one tries, however long the pauses are', () => {
    const breakers = new Breakers({ failures: 2, firstMs: 1000, longestMs: 30_000 });
    breakers.failed('a', { askedMs: 0, nowMs: 0 });
    breakers.failed('a', { askedMs: 0, nowMs: 0 });
    for (const nowMs of [1000, 3000, 7000, 15_000]) tryInVain(breakers, nowMs);
    expect(breakers.pause('a', 15_000)).toBe(16_000);
    expect(breakers.wait('a', 31_000)).toBe(0);
    expect([breakers.pause('a', 31_001), breakers.wait('a', 31_001)]).toEqual([2000, 2000]);
  });

  it('lets another try when nothing was heard of the one before', () => {
    const breakers = broken();
    expect(breakers.wait('a', 1010)).toBe(0);
    expect([breakers.wait('a', 1500), breakers.wait('a', 2010), breakers.wait('a', 2011)]).toEqual([510, 0, 999]);
  });
});
