import { describe, expect, it } from 'vitest';
import { Bulkhead, type Place } from './bulkhead.ts';

describe('a bulkhead', () => {
  const filled = () => {
    const bulkhead = new Bulkhead({ places: 2, slowMs: 1000 });
    const places = [bulkhead.enter('slow', 0), bulkhead.enter('slow', 100)] as Place[];
    return { bulkhead, places };
  };

  it('lets a quick one use every place', () => {
    const { bulkhead } = filled();
    expect(bulkhead.enter('slow', 900)).toEqual({ sinceMs: 900 });
  });

  it('lets a slow one have its share and no more, and leaves the others alone', () => {
    const { bulkhead } = filled();
    expect(bulkhead.enter('slow', 1101)).toBeUndefined();
    expect(bulkhead.enter('other', 1101)).toEqual({ sinceMs: 1101 });
  });

  it('opens again when a place is given back', () => {
    const { bulkhead, places } = filled();
    bulkhead.leave('slow', places[0]!);
    expect(bulkhead.enter('slow', 1101)).toEqual({ sinceMs: 1101 });
  });
});
