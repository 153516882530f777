import type { FakeAi } from '@baton/testkit/fake-ai.ts';
import type { FakeProvider } from '@baton/testkit/fake-provider.ts';
import type { FakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import type { Database } from '../support/database.ts';
import type { Evidence } from '../support/judge/checker.ts';
import type { Running } from '../support/start.ts';
import type { Account, Workspace } from '../support/workspace.ts';
import type { FlakyLink } from './network/flaky-link.ts';

/** The signing secret of the AI backend, and the credentials of the account at the provider. */
export const aiSecret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;
export const twilio = { account_sid: `AC${'c'.repeat(32)}`, auth_token: '0123456789abcdef0123456789abcdef' };

export type LinkName = 'nats' | 'postgres' | 'conversation-state' | 'dispatcher';

/** Everything that a fault can get at. */
export interface Scene {
  running: Running;
  links: Map<LinkName, FlakyLink[]>;
  killPointFile: string;
  ai: FakeAi;
  provider: FakeProvider;
  subscriber: FakeSubscriber;
  database: Database;
  workspace: Workspace;
  account: Account;
  /** What customers sent and was answered 2xx, so far. */
  accepted: Evidence['accepted'];
  /** What a fault saw that must not be. */
  wrong: string[];
  /** Over when the time is up: faults then heal what they have done. */
  over: AbortSignal;
  say(line: string): void;
}
