import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Workspace } from '../workspace.ts';
import { type Role, signIn } from './sign-in.ts';

export interface Look {
  width?: number;
  dark?: boolean;
  /** As whom; the owner unless told. */
  role?: Role;
  /** Another address of the gateway than its own. */
  base?: string;
}

/** Operators' browsers in one workspace, and what their pages complained of. */
export class Operators {
  readonly #browser: Browser;
  readonly #base: string;
  readonly #workspace: () => Workspace;
  readonly #contexts: BrowserContext[] = [];
  /** A policy broken, a script that failed. */
  readonly #complaints: string[] = [];

  constructor(o: { browser: Browser; base: string; workspace: () => Workspace }) {
    this.#browser = o.browser;
    this.#base = o.base;
    this.#workspace = o.workspace;
  }

  /** A browser, signed in, at an address of the console. */
  async opens(at = '/inbox', look: Look = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: look.width ?? 1440, height: 900 },
      colorScheme: look.dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'en-US',
    });
    context.setDefaultTimeout(20_000);
    this.#contexts.push(context);
    await signIn(context, this.#workspace(), look.role);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
    page.on('console', (message) => /Content Security Policy/i.test(message.text()) && this.#complaints.push(message.text()));
    await page.goto(`${look.base ?? this.#base}${at}`);
    return page;
  }

  /** After each test. */
  async leave(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
    expect(this.#complaints.splice(0)).toEqual([]);
  }
}

export const row = (page: Page, name: string): Locator => page.getByTestId('conversation-list').getByRole('link', { name });
export const thread = (page: Page): Locator => page.getByTestId('thread');
export const phone = (page: Page): Locator => page.getByRole('complementary', { name: 'Customer’s phone' });
export const button = (page: Page | Locator, name: string): Locator => page.getByRole('button', { name, exact: true });

/** Writes as the customer on the simulated phone. */
export async function says(page: Page, text: string): Promise<void> {
  await phone(page).getByLabel('Message', { exact: true }).fill(text);
  await page.keyboard.press('Enter');
}

/** Something else that can go wrong, from the phone's menu. */
export async function trouble(page: Page, name: string): Promise<void> {
  await button(phone(page), 'Trouble').click();
  await page.getByRole('menuitem', { name }).click();
}

export async function answer(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your answer').fill(text);
  await page.keyboard.press('Enter');
}

/** To another page of the console, as its links go there. */
export async function goTo(page: Page, at: string): Promise<void> {
  await page.evaluate(`history.pushState({}, '', '${at}'); dispatchEvent(new PopStateEvent('popstate'))`);
}
