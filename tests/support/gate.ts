/** Something that waits until the test lets it go on. */
export type Gate = { opened: Promise<void>; open(): void };

export function closedGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
