/** How many of these, from the first on, weigh no more than `most` together; at least one, where there is one. */
export function wholeUpTo<T>(items: readonly T[], most: number, weight: (item: T) => number): number {
  let sum = 0;
  const over = items.findIndex((item, at) => {
    sum += weight(item);
    return sum > most && at > 0;
  });
  return over < 0 ? items.length : over;
}
