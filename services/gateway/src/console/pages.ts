/** The console's own addresses, for a browser that opens or reloads one; its paths are in packages/console/src/app/paths.ts. Everything else stays the API's 404. */
export const consolePages: readonly string[] = [
  '/',
  '/sign-in',
  '/set-password',
  '/inbox',
  '/inbox/:conversation_id',
  '/operations',
  '/settings',
  '/settings/:section',
];
export const consoleAssets = '/assets/:name';
