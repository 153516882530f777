import type { Page } from 'playwright-core';

// Everything is measured inside the page, with its own clock: what the driver takes to hear of it is none of the product's.

/** Runs before the page's own scripts, and notes when the first row is there. */
export const firstRow = `(() => {
  const look = () => {
    if (document.querySelector('[data-testid="conversation-list"] a')) window.firstRowAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})()`;

/** From the navigation to the first row. */
export async function openedAfter(page: Page): Promise<number> {
  return Number(await page.evaluate('window.firstRowAt'));
}

/** From the click on a view to its heading with its rows, or with the words that say that there are none. */
export async function switchedAfter(page: Page, view: string): Promise<number> {
  const script = `new Promise((done) => {
    const link = [...document.querySelectorAll('nav a')].find((one) => one.textContent.startsWith(${JSON.stringify(view)}));
    const from = performance.now();
    link.click();
    const look = () => {
      const pane = document.querySelector('section[aria-label="Conversations"]');
      const there = pane.querySelector('h1').textContent === ${JSON.stringify(view)} && !pane.querySelector('[role="status"]');
      if (there) done(performance.now() - from);
      else requestAnimationFrame(look);
    };
    look();
  })`;
  return Number(await page.evaluate(script));
}

/** When a text stands in the list, by the machine's clock. Resolves once it does; asked for before it is sent. */
export async function seenAt(page: Page, text: string): Promise<number> {
  const script = `new Promise((done) => {
    const list = document.querySelector('[data-testid="conversation-list"]');
    const look = () => list.textContent.includes(${JSON.stringify(text)}) && (watch.disconnect(), done(Date.now()));
    const watch = new MutationObserver(look);
    watch.observe(list, { childList: true, subtree: true, characterData: true });
    look();
  })`;
  return Number(await page.evaluate(script));
}

/** MB that are in use once what nobody needs is gone. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}
