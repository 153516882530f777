import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleAlert, Inbox } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useShell } from '../app/shell-context.ts';
import type { Filter } from '../data/filter.ts';
import type { useConversations } from '../data/use-conversations.ts';
import { useSimulatorAccounts } from '../data/use-directory.ts';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { useNow } from '../ui/use-now.ts';
import { ConversationRow } from './conversation-row.tsx';
import { ListSkeleton } from './list-skeleton.tsx';

const rowHeight = 84;

interface Props {
  list: ReturnType<typeof useConversations>;
  filter: Filter;
  openId: string | undefined;
  onOpen: (id: string) => void;
}

/** Only the rows in sight exist; the next page is fetched before the end is reached. */
export function ListBody({ list, filter, openId, onOpen }: Props) {
  const t = useTexts();
  const now = useNow(60_000);
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.conversation_id ?? index,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 15 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (list.isPending) return <ListSkeleton />;
  if (list.isError && rows.length === 0) return <Failed retry={() => void list.refetch()} />;
  if (rows.length === 0) return <Nothing filter={filter} />;
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto" data-testid="conversation-list">
      <ul aria-label={t.list.label} className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]!;
          return (
            <li key={item.key} className="absolute inset-x-0" style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}>
              <ConversationRow row={row} open={row.conversation_id === openId} now={now} filter={filter} onOpen={onOpen} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Failed({ retry }: { retry: () => void }) {
  const t = useTexts();
  return (
    <Empty icon={CircleAlert} title={t.list.failed}>
      <Button onClick={retry}>{t.app.retry}</Button>
    </Empty>
  );
}

function Nothing({ filter }: { filter: Filter }) {
  const t = useTexts();
  const { setPhoneOpen } = useShell();
  const canTry = useSimulatorAccounts().length > 0;
  const whole = filter.view === 'all' && !filter.channel && !filter.agent && !filter.tag;
  return (
    <Empty icon={Inbox} title={whole ? t.list.emptyAll : t.list.empty} hint={whole ? t.list.emptyAllHint : t.list.emptyHint}>
      {whole && canTry && (
        <Button look="primary" onClick={() => setPhoneOpen(true)}>
          {t.list.openPhone}
        </Button>
      )}
    </Empty>
  );
}
