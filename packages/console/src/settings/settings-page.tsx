import { Link, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { MenuButton } from '../app/menu-button.tsx';
import { paths, type SectionName, sectionNames } from '../app/paths.ts';
import { useTexts } from '../texts/texts.tsx';
import { Replays } from './replays/replays.tsx';
import { Agents } from './sections/agents.tsx';
import { Audit } from './sections/audit.tsx';
import { Channels } from './sections/channels.tsx';
import { Keys } from './sections/keys.tsx';
import { OptOuts } from './sections/opt-outs.tsx';
import { Replies } from './sections/replies.tsx';
import { Users } from './sections/users.tsx';
import { Webhooks } from './sections/webhooks.tsx';

const sections = {
  agents: Agents,
  replays: Replays,
  channels: Channels,
  replies: Replies,
  webhooks: Webhooks,
  keys: Keys,
  users: Users,
  'opt-outs': OptOuts,
  audit: Audit,
} as const satisfies Record<SectionName, ComponentType>;

/** Where the tabs do not all fit, the present one is among those that are seen. */
const intoSight = (tab: HTMLAnchorElement | null) => tab?.scrollIntoView({ block: 'nearest', inline: 'center' });

export function SettingsPage() {
  const t = useTexts();
  const { section } = useParams({ strict: false });
  const name = sectionNames.find((one) => one === section) ?? 'agents';
  const Shown = sections[name];
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-4 md:px-6">
        <MenuButton />
        <h1 className="text-[15px] font-semibold">{t.nav.settings}</h1>
      </header>
      <nav aria-label={t.nav.settings} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line px-3 md:px-5">
        {sectionNames.map((one) => (
          <Link
            key={one}
            to={paths.settingsSection}
            params={{ section: one }}
            aria-current={one === name ? 'page' : undefined}
            ref={one === name ? intoSight : undefined}
            className={`border-b-2 px-2.5 py-2.5 text-[13px] whitespace-nowrap outline-offset-[-2px] ${one === name ? 'border-accent font-medium text-ink' : 'border-transparent text-soft hover:text-ink'}`}
          >
            {t.settings.sections[one][0]}
          </Link>
        ))}
      </nav>
      <main className="min-h-0 flex-1 overflow-y-auto p-4 md:p-6">
        <div className="mx-auto max-w-5xl">
          <Shown />
        </div>
      </main>
    </div>
  );
}
