import { describe, expect, it } from 'vitest';
import { Breakers } from './breaker.ts';
import { Bulkhead, type Place } from './bulkhead.ts';

describe('a bulkhead', () => {
  const filled = () => {
    const bulkhead = new Bulkhead({ places: 2, slowMs: 1000 });
    const places = [bulkhead.enter('slow', 0), bulkhead.enter('slow', 100)] as Place[];
    return { bulkhead, places };
  };

  it('lets a quick one use every place', () => {
    const { bulkhead } = filled();
    expect(bulkhead.enter('slow', 900)).toBeDefined();
  });

  it('lets a slow one have its share and no more, and leaves the others alone', () => {
    const { bulkhead } = filled();
    expect(bulkhead.enter('slow', 1101)).toBeUndefined();
    expect(bulkhead.enter('other', 1101)).toBeDefined();
  });

  it('opens again when a place is given back', () => {
    const { bulkhead, places } = filled();
    bulkhead.leave('slow', places[0]!);
    expect(bulkhead.enter('slow', 1101)).toBeDefined();
  });
});

describe('a breaker', () => {
  const broken = () => {
    const breakers = new Breakers({ failures: 2, firstMs: 1000, longestMs: 3000 });
    breakers.failed('a', 0);
    breakers.failed('a', 10);
    return breakers;
  };

  it('stays closed through single failures', () => {
    const breakers = new Breakers({ failures: 2, firstMs: 1000, longestMs: 3000 });
    breakers.failed('a', 0);
    expect(breakers.wait('a', 1)).toBe(0);
    breakers.succeeded('a');
    breakers.failed('a', 2);
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
    breakers.succeeded('a');
    expect(breakers.wait('a', 1012)).toBe(0);
  });

  it('says how it stands without taking the turn of whoever tries first', () => {
    const breakers = broken();
    expect([breakers.closed('a'), breakers.pause('a', 510), breakers.pause('a', 1010)]).toEqual([false, 500, 0]);
    expect([breakers.closed('b'), breakers.pause('b', 510)]).toEqual([true, 0]);
    expect(breakers.wait('a', 1010)).toBe(0);
    expect([breakers.closed('a'), breakers.pause('a', 1011) > 0]).toEqual([false, true]);
    breakers.succeeded('a');
    expect([breakers.closed('a'), breakers.pause('a', 1012)]).toEqual([true, 0]);
  });

  it('holds off for longer each time, up to a limit', () => {
    const breakers = broken();
    breakers.failed('a', 2000);
    expect(breakers.wait('a', 2000)).toBe(2000);
    for (let i = 0; i < 10; i++) breakers.failed('a', 3000);
    expect(breakers.wait('a', 3000)).toBe(3000);
  });
});
