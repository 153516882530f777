/** Every address of the console. The gateway serves the page at these (services/gateway/src/console/serve.ts). */
export const paths = {
  signIn: '/sign-in',
  setPassword: '/set-password',
  inbox: '/inbox',
  conversation: '/inbox/$conversationId',
  operations: '/operations',
  settings: '/settings',
  settingsSection: '/settings/$section',
} as const;

export const sectionNames = ['agents', 'replays', 'channels', 'replies', 'webhooks', 'keys', 'users', 'opt-outs', 'audit'] as const;
export type SectionName = (typeof sectionNames)[number];
