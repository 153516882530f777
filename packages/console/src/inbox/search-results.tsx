import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useDeferredValue } from 'react';
import { keys } from '../data/keys.ts';
import { readableAddress } from '../data/names.ts';
import { useApi } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Empty } from '../ui/empty.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { Marked } from './marked.tsx';

interface Props {
  query: string;
  openId: string | undefined;
  onOpen: (id: string) => void;
}

export function SearchResults({ query, openId, onOpen }: Props) {
  const t = useTexts();
  const times = useTimes();
  const api = useApi();
  const wanted = useDebounced(useDeferredValue(query), 200);
  const { data, isError } = useQuery({
    queryKey: keys.search(wanted),
    queryFn: () => api.searchMessages({ query: { query: wanted, limit: 50 } }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  if (isError) return <Empty icon={SearchX} title={t.list.failed} />;
  if (data?.hits.length === 0) return <Empty icon={SearchX} title={t.list.noMatches} />;
  return (
    <section className="min-h-0 flex-1 overflow-y-auto" aria-label={t.list.search}>
      {data && <p className="px-4 py-2 text-xs text-faint">{t.list.searchResults(data.total)}</p>}
      <ul>
        {data?.hits.map(({ message, conversation }) => (
          <li key={message.message_id}>
            <button
              type="button"
              onClick={() => onOpen(conversation.conversation_id)}
              className={`flex w-full gap-3 border-b border-line px-4 py-3 text-left outline-offset-[-2px] ${conversation.conversation_id === openId ? 'bg-accent-soft' : 'hover:bg-side'}`}
            >
              <Avatar name={conversation.contact?.name ?? null} seed={conversation.from_number} />
              <span className="min-w-0 flex-1">
                <span className="flex items-baseline gap-2">
                  <span className="min-w-0 flex-1 truncate font-medium">
                    {conversation.contact?.name ?? readableAddress(conversation.from_number)}
                  </span>
                  <time className="text-xs text-faint">{times.short(message.created_at, new Date())}</time>
                </span>
                <span className="line-clamp-2 text-[13px] text-soft">
                  <Marked text={message.text} part={wanted} />
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
