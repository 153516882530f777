import { describe, expect, it } from 'vitest';
import { type Leaving, Pacer } from './pacer.ts';

const unlimited = { account: null, pair: null };
const tenASecond = { account: { messages: 10, seconds: 1, burst: 3 }, pair: null };
const leaving = (more: Partial<Leaving> = {}): Leaving => ({ account: 'a', pair: 'p', rates: tenASecond, waited: false, ...more });

/** When each of them gets out, if it comes back whenever it is told to. */
function letOut(pacer: Pick<Pacer, 'wait'>, ones: Leaving[], from = 0): { at: number; pair: string }[] {
  const due = ones.map((one) => ({ at: from, one }));
  const out: { at: number; pair: string }[] = [];
  while (due.length > 0) {
    due.sort((a, b) => a.at - b.at);
    const next = due.shift()!;
    const wait = pacer.wait(next.one, next.at);
    if (wait === 0) out.push({ at: next.at, pair: next.one.pair });
    else due.push({ at: next.at + wait, one: { ...next.one, waited: true } });
  }
  return out;
}

describe('an account with a rate', () => {
  it('lets a burst out at once and the others in the order of asking, an even pace apart', () => {
    const out = letOut(
      new Pacer(),
      Array.from({ length: 8 }, (_, index) => leaving({ pair: `p${index}` })),
    );
    expect(out.map((one) => one.pair)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7']);
    expect(out.map((one) => one.at)).toEqual([0, 0, 0, 100, 200, 300, 400, 500]);
  });

  it('lets nobody pass those who wait, whoever comes later', () => {
    const pacer = new Pacer();
    for (let n = 0; n < 5; n++) pacer.wait(leaving(), 0);
    expect(pacer.wait(leaving(), 150)).toBeGreaterThan(100);
    expect(pacer.wait(leaving({ waited: true }), 150)).toBe(0);
  });

  it('says nothing about another account', () => {
    const pacer = new Pacer();
    for (let n = 0; n < 50; n++) pacer.wait(leaving(), 0);
    expect(pacer.wait(leaving({ account: 'b' }), 0)).toBe(0);
    expect(pacer.open('b', tenASecond.account, 0)).toBe(true);
    expect(pacer.open('a', tenASecond.account, 0)).toBe(false);
  });

  it('gives back what was let go and stayed', () => {
    const pacer = new Pacer();
    for (let n = 0; n < 3; n++) expect(pacer.wait(leaving(), 0)).toBe(0);
    pacer.stayed(leaving(), 0);
    expect(pacer.wait(leaving(), 0)).toBe(0);
    expect(pacer.wait(leaving(), 0)).toBeGreaterThan(0);
  });

  it('counts those that went without asking', () => {
    const pacer = new Pacer();
    for (let n = 0; n < 3; n++) pacer.went(leaving(), 0);
    expect(pacer.open('a', tenASecond.account, 0)).toBe(false);
  });
});

describe('a customer with a rate', () => {
  const rates = { account: null, pair: { messages: 1, seconds: 6, burst: 2 } };

  it('waits alone', () => {
    const pacer = new Pacer();
    const out = letOut(pacer, [leaving({ rates }), leaving({ rates }), leaving({ rates }), leaving({ rates, pair: 'q' })]);
    expect(out).toEqual([
      { at: 0, pair: 'p' },
      { at: 0, pair: 'p' },
      { at: 0, pair: 'q' },
      { at: 6000, pair: 'p' },
    ]);
  });

  it('waits alone when the provider refuses the pair', () => {
    const pacer = new Pacer();
    pacer.refused(leaving({ rates }), { scope: 'pair', afterMs: 30_000 }, 0);
    expect(pacer.wait(leaving({ rates }), 0)).toBe(30_000);
    expect(pacer.wait(leaving({ rates, pair: 'q' }), 0)).toBe(0);
  });
});

describe('a provider that refuses for now', () => {
  it('pauses the account, whose backlog then goes out at half the pace and not all at once', () => {
    const pacer = new Pacer();
    pacer.refused(leaving(), { scope: 'account', afterMs: 2000 }, 0);
    const out = letOut(
      pacer,
      Array.from({ length: 5 }, () => leaving()),
    );
    expect(out.map((one) => Math.round(one.at / 50) * 50)).toEqual([2000, 2200, 2400, 2600, 2800]);
    expect(pacer.wait(leaving({ account: 'b' }), 0)).toBe(0);
  });

  it('teaches one lesson, however many were under way', () => {
    const pacer = new Pacer();
    for (let n = 0; n < 20; n++) pacer.refused(leaving(), { scope: 'account', afterMs: 1000 }, n);
    const [first, second] = letOut(pacer, [leaving(), leaving()], 30);
    expect(second!.at - first!.at).toBeLessThanOrEqual(200);
  });

  it('slows a backlog down for as long as the taught pace takes to grow, not for what it was when turns were given out', () => {
    const pacer = new Pacer();
    const one = leaving({ rates: unlimited });
    for (let n = 0; n < 6; n++) pacer.refused(one, { scope: 'account', afterMs: 1000 }, n * 1000);
    const out = letOut(
      pacer,
      Array.from({ length: 100 }, () => one),
      6000,
    ).map(({ at }) => at - 6000);
    // Half a message a second at first: 200 s for a hundred of them, were it to stay so.
    expect(out.filter((at) => at <= 5000).length).toBeLessThan(6);
    expect(out.at(-1)).toBeGreaterThan(15_000);
    expect(out.at(-1)).toBeLessThan(45_000);
  });

  it('teaches a pace where none was known, which is forgotten in time', () => {
    const pacer = new Pacer();
    const one = leaving({ rates: unlimited });
    expect(pacer.wait(one, 0)).toBe(0);
    pacer.refused(one, { scope: 'account', afterMs: 1000 }, 0);
    expect(letOut(pacer, [one, one, one]).map(({ at }) => Math.round(at / 50) * 50)).toEqual([1000, 1100, 1200]);
    const later = 120_000;
    expect(
      letOut(
        pacer,
        Array.from({ length: 50 }, () => one),
        later,
      ).every(({ at }) => at === later),
    ).toBe(true);
  });
});

it('a backlog of thousands leaves at the pace, each having been told to wait a few times at most', () => {
  const pacer = new Pacer();
  let asked = 0;
  const wait: Pacer['wait'] = (one, at) => {
    asked++;
    return pacer.wait(one, at);
  };
  const out = letOut(
    { wait },
    Array.from({ length: 3000 }, () => leaving()),
  );
  expect(out.at(-1)!.at).toBeLessThanOrEqual(300_000);
  expect(asked).toBeLessThan(3000 * 4);
});
