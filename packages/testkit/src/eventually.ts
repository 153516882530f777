import { inspect } from 'node:util';

export type EventuallyOptions = {
  /** 10 s unless told. */
  timeoutMs?: number;
  /** Pause between two looks; 20 ms unless told. */
  everyMs?: number;
  /** What is waited for, for the error. */
  what?: string;
};

/**
 * Looks at `read()` until `good` says yes, and returns what it read. Without `good`, until it is truthy.
 *
 * @throws after the deadline, with the last value seen or the last error thrown
 */
export async function eventually<T>(
  read: () => T | Promise<T>,
  good: (value: T) => boolean = Boolean,
  options: EventuallyOptions = {},
): Promise<T> {
  const { timeoutMs = 10_000, everyMs = 20, what = 'the condition' } = options;
  const end = performance.now() + timeoutMs;
  let last: { value: T } | { error: unknown };
  do {
    try {
      const value = await read();
      if (good(value)) return value;
      last = { value };
    } catch (error) {
      last = { error };
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  } while (performance.now() < end);
  const seen =
    'value' in last
      ? `the last value was ${inspect(last.value, { depth: 6, breakLength: 120 })}`
      : `the last look failed: ${inspect(last.error)}`;
  throw new Error(`${what} did not come true within ${timeoutMs} ms; ${seen}`, 'error' in last ? { cause: last.error } : {});
}
