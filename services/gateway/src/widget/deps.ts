import type { Deps } from '../context.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import type { WidgetAccounts } from './accounts.ts';
import type { VisitorFeeds } from './feeds.ts';

/** What the widget's routes work with. */
export interface WidgetDeps extends Pick<Deps, 'config' | 'conversations' | 'hub'> {
  accounts: WidgetAccounts;
  feeds: VisitorFeeds;
  /** Reads by one visitor. */
  reads: RateLimits;
}
