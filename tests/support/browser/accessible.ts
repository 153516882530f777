import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** By the rules of WCAG 2.2 A and AA and what axe takes for good practice. */
export async function expectAccessible(page: Page): Promise<void> {
  // Past the page's policy, which would not let it run.
  const session = await page.context().newCDPSession(page);
  const run = `${axe};axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`;
  const { result } = await session.send('Runtime.evaluate', { expression: run, awaitPromise: true, returnByValue: true });
  await session.detach();
  expect(result.value).toEqual([]);
}
