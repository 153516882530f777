import type { FakeAi } from '@baton/testkit/fake-ai.ts';
import type { FakeProvider } from '@baton/testkit/fake-provider.ts';
import type { FakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import type { Line } from '../support/customers/line.ts';
import type { Database } from '../support/database.ts';
import type { Evidence } from '../support/judge/checker.ts';
import type { Running } from '../support/start.ts';
import type { Workspace } from '../support/workspace.ts';
import type { FlakyLink } from './network/flaky-link.ts';

export type LinkName = 'nats' | 'postgres' | 'conversation-state' | 'dispatcher';

/** A tenant, its channel accounts, and what its customers sent and was answered 2xx, so far. */
export interface Tenant {
  workspace: Workspace;
  lines: readonly Line[];
  accepted: Evidence['accepted'];
}

/** Everything that a fault can get at. */
export interface Scene {
  running: Running;
  links: Map<LinkName, FlakyLink[]>;
  killPointFile: string;
  ai: FakeAi;
  provider: FakeProvider;
  subscriber: FakeSubscriber;
  database: Database;
  /** The one whose people, reader and subscriber are watched. */
  tenant: Tenant;
  /** Another one at the same time, in all of whose texts the word stands: nobody but itself may ever see it. */
  bystander: Tenant & { word: string };
  /** When NATS lost all that it had stored, in ms since 1970. */
  storeLostAt: number[];
  /** What a fault saw that must not be. */
  wrong: string[];
  /** Over when the time is up: faults then heal what they have done. */
  over: AbortSignal;
  say(line: string): void;
}
