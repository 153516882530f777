import type { Account } from '../provider.ts';

/** Whether a page of this origin may show the widget: exactly those that the account lists; none listed, none may. */
export function isAllowedOrigin(account: Account, origin: string): boolean {
  const allowed = account.credentials['allowed_origins'];
  return Array.isArray(allowed) && origin !== '' && origin !== 'null' && allowed.includes(origin);
}
