import { Link } from '@tanstack/react-router';
import { Activity, BookOpen, Settings, Smartphone } from 'lucide-react';
import { useSimulatorAccounts } from '../data/use-directory.ts';
import { ViewLinks } from '../inbox/view-links.tsx';
import { useLinkState } from '../live/live.tsx';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Logo } from '../ui/logo.tsx';
import { paths } from './paths.ts';
import { useShell } from './shell-context.ts';
import { sideLink } from './side-link.ts';
import { UserMenu } from './user-menu.tsx';

export function Sidebar({ onChosen }: { onChosen: () => void }) {
  const t = useTexts();
  const { workspaceName } = useSession();
  const { phoneOpen, setPhoneOpen } = useShell();
  const link = useLinkState();
  const phones = useSimulatorAccounts();
  return (
    <nav aria-label={t.app.menu} className="flex h-full flex-col bg-side">
      <div className="flex h-14 items-center gap-2.5 px-4">
        <Logo size={24} />
        <span className="min-w-0 flex-1 truncate font-semibold">{workspaceName}</span>
        <span title={t.link[link]} className={`size-2 rounded-full ${link === 'live' ? 'bg-emerald-500' : 'bg-amber-500'}`}>
          <span className="sr-only">{t.link[link]}</span>
        </span>
      </div>
      <div className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto px-2 pb-2">
        <p className="px-2.5 pt-2 pb-1 text-xs font-medium text-faint">{t.nav.inbox}</p>
        <ViewLinks onChosen={onChosen} />
        <div className="flex-1" />
        {phones.length > 0 && (
          <button
            type="button"
            aria-pressed={phoneOpen}
            onClick={() => {
              setPhoneOpen(!phoneOpen);
              onChosen();
            }}
            className={`${sideLink} aria-pressed:text-accent-text`}
          >
            <Smartphone size={16} aria-hidden />
            {t.nav.phone}
          </button>
        )}
        <Link to={paths.operations} onClick={onChosen} className={sideLink}>
          <Activity size={16} aria-hidden />
          {t.nav.operations}
        </Link>
        <Link to={paths.settings} onClick={onChosen} className={sideLink}>
          <Settings size={16} aria-hidden />
          {t.nav.settings}
        </Link>
        <a href="/docs" target="_blank" rel="noreferrer" className={sideLink}>
          <BookOpen size={16} aria-hidden />
          {t.nav.reference}
        </a>
      </div>
      <div className="border-t border-line p-2">
        <UserMenu />
      </div>
    </nav>
  );
}
