import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Archive, CircleAlert, Inbox, MailOpen, Sparkles, UserRound, UsersRound } from 'lucide-react';
import { paths } from '../app/paths.ts';
import { sideLink } from '../app/side-link.ts';
import { type Filter, queryOf, type View, views } from '../data/filter.ts';
import { keys } from '../data/keys.ts';
import { useApi, useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';

const icons = {
  all: Inbox,
  mine: UserRound,
  handoff: CircleAlert,
  unread: MailOpen,
  ai: Sparkles,
  human: UsersRound,
  closed: Archive,
} as const;

/** What somebody must see to: the others' numbers say nothing that helps. */
const counted: ReadonlySet<View> = new Set(['mine', 'handoff', 'unread', 'human']);

export function ViewLinks({ onChosen }: { onChosen: () => void }) {
  const { userId } = useSession();
  // A program has no conversations of its own.
  return views.filter((view) => view !== 'mine' || userId !== null).map((view) => <ViewLink key={view} view={view} onChosen={onChosen} />);
}

function ViewLink({ view, onChosen }: { view: View; onChosen: () => void }) {
  const t = useTexts();
  const count = useCount({ view });
  const Icon = icons[view];
  return (
    <Link to={paths.inbox} search={{ view }} activeOptions={{ includeSearch: true }} onClick={onChosen} className={sideLink}>
      <Icon size={16} aria-hidden />
      <span className="min-w-0 flex-1 truncate">{t.views[view]}</span>
      {count !== undefined && count > 0 && (
        <span
          className={`text-xs tabular-nums ${view === 'handoff' ? 'rounded-full bg-warn-soft px-1.5 font-medium text-warn-text' : 'text-faint'}`}
        >
          {count > 999 ? '999+' : count}
        </span>
      )}
    </Link>
  );
}

function useCount(filter: Filter): number | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: keys.count(filter),
    queryFn: () => api.listConversations({ query: { ...queryOf(filter), page_size: 1, total: true } }),
    enabled: counted.has(filter.view),
  });
  return data?.total;
}
