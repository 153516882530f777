import { BatonApiError } from '@baton/sdk/errors.ts';
import { useQueryClient } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Filter } from '../data/filter.ts';
import { keys } from '../data/keys.ts';
import type { Conversation } from '../data/types.ts';
import { useConversation } from '../data/use-conversation.ts';
import { useApi, useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useMedia } from '../ui/use-media.ts';
import { Composer } from './composer/composer.tsx';
import { Details } from './details/details.tsx';
import { Header } from './header/header.tsx';
import { Thread } from './thread/thread.tsx';
import { useOutbox } from './use-outbox.ts';

export function ConversationView({ id, filter }: { id: string; filter: Filter }) {
  const t = useTexts();
  const { data: conversation, error, isPending, refetch } = useConversation(id);
  if (isPending) return <div role="status" aria-label={t.app.loading} className="h-full" />;
  if (!conversation) {
    const missing = error instanceof BatonApiError && error.status === 404;
    return (
      <Empty icon={CircleAlert} title={missing ? t.conversation.notFound : t.conversation.failed}>
        {!missing && <Button onClick={() => void refetch()}>{t.app.retry}</Button>}
      </Empty>
    );
  }
  return <Shown conversation={conversation} filter={filter} />;
}

function Shown({ conversation, filter }: { conversation: Conversation; filter: Filter }) {
  const t = useTexts();
  const id = conversation.conversation_id;
  const outbox = useOutbox(id);
  const [draft, setDraft] = useState('');
  const [detailsOpen, setDetailsOpen] = useState(false);
  const beside = useMedia('(min-width: 1536px)');
  useMarkRead(conversation);
  return (
    <div className="flex h-full">
      <div className="flex min-w-0 flex-1 flex-col">
        <Header conversation={conversation} filter={filter} {...(!beside && { onDetails: () => setDetailsOpen(true) })} />
        <Thread conversation={conversation} outbox={outbox} />
        <Composer conversation={conversation} outbox={outbox} draft={draft} setDraft={setDraft} />
      </div>
      {beside ? (
        <aside aria-label={t.conversation.details} className="w-[280px] shrink-0 overflow-y-auto border-l border-line">
          <Details conversation={conversation} />
        </aside>
      ) : (
        <Sheet open={detailsOpen} onOpenChange={setDetailsOpen} label={t.conversation.details} side="right">
          <div className="overflow-y-auto">
            <Details conversation={conversation} />
          </div>
        </Sheet>
      )}
    </div>
  );
}

/** Whoever looks at a conversation has read it, also what comes while they look; a tab in the background is not looked at. */
function useMarkRead({ conversation_id, unread }: Conversation): void {
  const api = useApi();
  const { role } = useSession();
  const client = useQueryClient();
  useEffect(() => {
    if (!unread || role === 'viewer') return;
    const mark = () => {
      if (document.visibilityState !== 'visible') return;
      void api
        .markRead({ path: { conversation_id } })
        .then(() => client.setQueryData<Conversation>(keys.conversation(conversation_id), (c) => c && { ...c, unread: false }))
        .catch(() => undefined);
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [api, client, conversation_id, unread, role]);
}
