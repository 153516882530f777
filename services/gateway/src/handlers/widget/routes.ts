import type { App, Deps } from '../../context.ts';
import type { Events } from '../../events.ts';
import { RateLimits } from '../../http/rate-limits.ts';
import type { WidgetDeps } from '../../widget/deps.ts';
import { VisitorFeeds } from '../../widget/feeds.ts';
import { createWidgetSession } from './create-session.ts';
import { demoPage } from './demo-page.ts';
import { listThread } from './list-thread.ts';
import { serveWidgetScripts } from './serve-scripts.ts';
import { streamThread } from './stream-thread.ts';

/** What browsers of visitors ask for. Not part of the API of keys: a visitor's token opens nothing else, and a key opens nothing here. */
export function addWidgetRoutes(app: App, { config, conversations, hub, widgetAccounts: accounts }: Deps, events: Events): void {
  const reads = new RateLimits({ perSecond: 2, burst: 60 });
  const deps: WidgetDeps = { config, conversations, hub, accounts, feeds: new VisitorFeeds(hub), reads };
  createWidgetSession(app, deps);
  listThread(app, deps);
  streamThread(app, deps, events);
  serveWidgetScripts(app);
  if (config.simulator) demoPage(app, config);
}
