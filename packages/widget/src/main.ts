import { Chat } from './chat.ts';
import type { HostUser } from './protocol.ts';
import { openStore } from './storage.ts';
import { chooseTexts } from './texts/choose.ts';
import { accentOf } from './theme.ts';
import { Panel } from './ui/panel.ts';
import { sheetFor } from './ui/styles.ts';

/** A page that nobody has looked at for so long lets its connection go. */
const restAfterMs = 60_000;

/** What the host page may do; `window.baton`, and the event `baton:ready` on the window when it is there. */
export interface BatonWidget {
  open(): void;
  close(): void;
  /** Messages that the visitor has not seen; `baton:unread` on the window tells of each change. */
  readonly unread: number;
  /** From here on the visitor is this user, for whom the host's server vouches. */
  identify(user: HostUser): void;
  /** Forgets the visitor on this computer: call it when a user logs out. */
  reset(): void;
}

declare global {
  interface Window {
    baton?: BatonWidget;
  }
}

/** Puts the widget into the page. `data`: the attributes of the script's element. */
export function start(base: string, data: DOMStringMap): void {
  const channel = data['channel'];
  if (channel === undefined || window.baton) return;
  if (document.body) put(base, data, channel);
  else document.addEventListener('DOMContentLoaded', () => put(base, data, channel), { once: true });
}

function put(base: string, data: DOMStringMap, channel: string): void {
  const { language, texts } = chooseTexts([data['language'], document.documentElement.lang, ...navigator.languages]);
  const store = openStore(() => localStorage);
  let unread = -1;
  const changed = () => {
    panel.render();
    if (chat.unread === unread) return;
    unread = chat.unread;
    window.dispatchEvent(new CustomEvent('baton:unread', { detail: unread }));
  };
  const chatOf = (user: HostUser | undefined) => new Chat({ base, channel, user, store, changed: () => changed() });
  let chat = chatOf(userOf(data));
  const isSeen = () => panel.isOpen && document.visibilityState === 'visible';
  const panel = new Panel({
    chat: () => chat,
    texts,
    language,
    title: data['title'],
    sheet: sheetFor({ color: accentOf(data['color']), left: data['position'] === 'left', theme: data['theme'] ?? 'auto' }),
    toggled: (open) => {
      if (open) chat.start();
      chat.setSeen(isSeen());
    },
  });
  const become = (user: HostUser | undefined) => {
    chat = chatOf(user);
    if (panel.isOpen || chat.isKnown) chat.start();
    chat.setSeen(isSeen());
  };
  watchPage({ chat: () => chat, isSeen, changed });
  document.body.append(panel.host);
  // Who has never written costs nobody anything: no visitor is made before the window is opened.
  if (chat.isKnown) chat.start();
  if ('open' in data) panel.open();
  window.baton = {
    open: () => panel.open(),
    close: () => panel.close(),
    get unread() {
      return chat.unread;
    },
    identify: (user) => {
      chat.stop();
      become(user);
    },
    reset: () => {
      chat.forget();
      become(undefined);
    },
  };
  window.dispatchEvent(new CustomEvent('baton:ready'));
}

function userOf(data: DOMStringMap): HostUser | undefined {
  const { userId: id, userHash: hash, userName: name, userEmail: email } = data;
  if (!id || !hash) return undefined;
  return { id, hash, ...(name && { name }), ...(email && { email }) };
}

function watchPage(o: { chat: () => Chat; isSeen: () => boolean; changed: () => void }): void {
  let resting: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(resting);
    if (document.visibilityState === 'hidden') resting = setTimeout(() => o.chat().rest(), restAfterMs);
    else o.chat().wake();
    o.chat().setSeen(o.isSeen());
  });
  window.addEventListener('online', () => o.chat().wake());
  window.addEventListener('offline', () => {
    o.chat().lostNetwork();
    o.changed();
  });
  // Another tab of the same visitor wrote or sent something.
  window.addEventListener('storage', ({ key }) => {
    if (key === o.chat().outboxKey) o.changed();
  });
}
