import { describe, expect, it } from 'vitest';
import { givesUp, mostDeliveries } from './give-up.ts';
import { mostDoubtfulDeliveries, settleDoubt } from './in-doubt.ts';

const doubt = { redelivered: true, idempotentSend: true, stale: false, deliveries: 2 };

describe('a message that was claimed by somebody who never reported', () => {
  it('is left alone while they may still be at it', () => {
    expect(settleDoubt({ ...doubt, redelivered: false, deliveries: 1 })).toBe('wait');
  });

  it('is sent again where the provider knows its key', () => {
    expect(settleDoubt(doubt)).toBe('send_again');
  });

  it('is unknown where a repeat could reach the customer twice', () => {
    expect(settleDoubt({ ...doubt, idempotentSend: false })).toBe('unknown');
  });

  it('is never sent again after a person took over', () => {
    expect(settleDoubt({ ...doubt, stale: true })).toBe('unknown');
  });

  it('is unknown when the provider never answers', () => {
    expect(settleDoubt({ ...doubt, deliveries: mostDoubtfulDeliveries })).toBe('unknown');
  });
});

describe('giving a signal up', () => {
  it.each([
    ['unreadable', 1, true],
    ['other', mostDeliveries - 1, false],
    ['other', mostDeliveries, true],
    ['unreachable', 1000, false],
  ] as const)('one that is %s, on delivery %i: %s', (failure, deliveries, expected) => {
    expect(givesUp(failure, deliveries)).toBe(expected);
  });
});
