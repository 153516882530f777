import { expect } from 'vitest';
import type { Answer } from '../support/api.ts';

/** Every page of a list by the dialect's own parameters, until one is not full. `meanwhile` runs between two pages. */
export async function walkByOffset(o: {
  page(offset: number): Promise<string[]>;
  size: number;
  meanwhile?: () => Promise<void>;
}): Promise<string[]> {
  const seen: string[] = [];
  for (let offset = 0; ; offset += o.size) {
    const rows = await o.page(offset);
    expect(rows.length).toBeLessThanOrEqual(o.size);
    seen.push(...rows);
    if (rows.length < o.size) return seen;
    await o.meanwhile?.();
  }
}

/** Every page of a list by the `Link` that each one carries. */
export async function walkByLink(o: {
  first: Answer;
  rows(answer: Answer): string[];
  follow(path: string): Promise<Answer>;
  meanwhile?: () => Promise<void>;
}): Promise<string[]> {
  const seen: string[] = [];
  let answer = o.first;
  for (;;) {
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    seen.push(...o.rows(answer));
    const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    if (next === undefined) return seen;
    await o.meanwhile?.();
    answer = await o.follow(next);
  }
}

/** Each of these once, in this order; others may stand anywhere among them. */
export function expectEachOnce(seen: string[], expected: string[]): void {
  expect(seen).toHaveLength(new Set(seen).size);
  expect(seen.filter((one) => expected.includes(one))).toEqual(expected);
}
