import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { channels } from '../data/channels.ts';
import { type Filter, views } from '../data/filter.ts';
import { InboxPage } from '../inbox/inbox-page.tsx';
import { SetPasswordPage } from '../session/set-password-page.tsx';
import { SignInPage } from '../session/sign-in-page.tsx';
import { PageError } from './page-error.tsx';
import { paths } from './paths.ts';
import { SignedIn } from './signed-in.tsx';

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({ getParentRoute: () => root, path: paths.signIn, component: SignInPage });

const setPassword = createRoute({ getParentRoute: () => root, path: paths.setPassword, component: SetPasswordPage });

const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: SignedIn });

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: paths.inbox, search: { view: 'all' }, replace: true });
  },
});

const inbox = createRoute({
  getParentRoute: () => signedIn,
  path: paths.inbox,
  component: InboxPage,
  validateSearch: (given: Record<string, unknown>): Filter => ({
    view: views.find((one) => one === given['view']) ?? 'all',
    ...(channels.some((one) => one === given['channel']) && { channel: given['channel'] as NonNullable<Filter['channel']> }),
    ...(typeof given['agent'] === 'string' && { agent: given['agent'] }),
    ...(typeof given['tag'] === 'string' && { tag: given['tag'] }),
  }),
});

// A child without a page of its own: the inbox shows the list beside the conversation, and must not be made anew when another is opened.
const conversation = createRoute({ getParentRoute: () => inbox, path: '$conversationId' });

const operations = createRoute({
  getParentRoute: () => signedIn,
  path: paths.operations,
  component: lazyRouteComponent(() => import('../operations/operations-page.tsx'), 'OperationsPage'),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: paths.settings,
  component: lazyRouteComponent(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
});

const settingsSection = createRoute({ getParentRoute: () => settings, path: '$section' });

const tree = root.addChildren([
  start,
  signIn,
  setPassword,
  signedIn.addChildren([inbox.addChildren([conversation]), operations, settings.addChildren([settingsSection])]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: PageError,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
