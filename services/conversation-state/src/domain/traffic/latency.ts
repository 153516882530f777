/** Each class is 20 % wider than the one before, so what is said of a class is at most 10 % off. */
const growth = 1.2;

/** Of a time in milliseconds. Counts of classes can be added up, also over instances; medians cannot. */
export function latencyClass(ms: number): number {
  return Math.max(0, Math.round(Math.log(Math.max(ms, 1)) / Math.log(growth)));
}

const middleOf = (index: number): number => Math.round(growth ** index);

/** The time below which `share` of them lie; undefined where there are none. */
export function percentile(classes: ReadonlyMap<number, number>, share: number): number | undefined {
  const sorted = [...classes].sort(([a], [b]) => a - b);
  const all = sorted.reduce((sum, [, count]) => sum + count, 0);
  let passed = 0;
  for (const [index, count] of sorted) {
    passed += count;
    if (passed >= share * all) return middleOf(index);
  }
  return undefined;
}
