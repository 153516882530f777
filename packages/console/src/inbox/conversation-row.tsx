import { Link } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { memo } from 'react';
import { paths } from '../app/paths.ts';
import { ChannelIcon } from '../conversation/channel-icon.tsx';
import { ModeBadge } from '../conversation/mode-badge.tsx';
import type { Filter } from '../data/filter.ts';
import { nameOf } from '../data/names.ts';
import type { Conversation } from '../data/types.ts';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';
import { Avatar } from '../ui/avatar.tsx';

interface Props {
  row: Conversation;
  open: boolean;
  now: Date;
  filter: Filter;
  onOpen: (id: string) => void;
}

export const ConversationRow = memo(function ConversationRow({ row, open, now, filter }: Props) {
  const t = useTexts();
  const times = useTimes();
  return (
    <Link
      to={paths.conversation}
      params={{ conversationId: row.conversation_id }}
      search={filter}
      preload={false}
      aria-current={open ? 'true' : undefined}
      data-conversation={row.conversation_id}
      className={`relative flex h-full gap-3 border-b border-line py-3 pr-4 pl-4 outline-offset-[-2px] ${open ? 'bg-accent-soft' : 'hover:bg-side'}`}
    >
      {row.unread && <span aria-hidden className="absolute top-[24px] left-1 size-2 rounded-full bg-accent" />}
      <Avatar name={row.contact?.name ?? null} seed={row.from_number} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <span className={`min-w-0 flex-1 truncate ${row.unread ? 'font-semibold' : 'font-medium'}`}>
            {nameOf(row)}
            {row.unread && <span className="sr-only"> ({t.list.unread})</span>}
          </span>
          <time dateTime={row.last_message_at ?? row.created_at} className="shrink-0 text-xs text-faint tabular-nums">
            {times.short(row.last_message_at ?? row.created_at, now)}
          </time>
        </span>
        <span className={`truncate text-[13px] ${row.unread ? 'text-ink' : 'text-soft'}`}>{row.last_message_preview ?? t.list.noText}</span>
        <span className="mt-1 flex items-center gap-1.5 overflow-hidden text-xs text-faint">
          <ChannelIcon channel={row.channel} />
          <ModeBadge mode={row.ai_mode} />
          {row.needs_handoff && (
            <span className="inline-flex h-[18px] items-center gap-1 rounded bg-warn-soft px-1.5 font-medium whitespace-nowrap text-warn-text">
              <CircleAlert size={11} aria-hidden />
              {t.handoff}
            </span>
          )}
          {row.tags.slice(0, 2).map((tag) => (
            <span key={tag} className="max-w-24 truncate rounded border border-line px-1.5 leading-4">
              {tag}
            </span>
          ))}
        </span>
      </span>
    </Link>
  );
});
