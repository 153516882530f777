import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { paths } from '../app/paths.ts';
import { useShell } from '../app/shell-context.ts';
import { ConversationView } from '../conversation/conversation-view.tsx';
import { PhonePanel } from '../phone/phone-panel.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Empty } from '../ui/empty.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useMedia } from '../ui/use-media.ts';
import { ConversationList } from './conversation-list.tsx';

/** List, conversation, phone: beside each other where there is room, one at a time where there is not. */
export function InboxPage() {
  const t = useTexts();
  const { conversationId } = useParams({ strict: false });
  const filter = useSearch({ from: '/signed-in/inbox' });
  const navigate = useNavigate();
  const { phoneOpen, setPhoneOpen } = useShell();
  const beside = useMedia('(min-width: 768px)');
  const phoneBeside = useMedia('(min-width: 1280px)');
  // Alone it is what the page is about.
  const ListPane = beside ? 'section' : 'main';
  const open = (id: string) => void navigate({ to: paths.conversation, params: { conversationId: id }, search: filter });
  return (
    <div className="flex h-full">
      {(beside || conversationId === undefined) && (
        <ListPane aria-label={t.list.label} className="flex w-full shrink-0 flex-col border-line md:w-[336px] md:border-r">
          <ConversationList filter={filter} openId={conversationId} onOpen={open} />
        </ListPane>
      )}
      {(beside || conversationId !== undefined) && (
        <main className="min-w-0 flex-1">
          {conversationId === undefined ? (
            <Empty icon={MessagesSquare} title={t.conversation.choose} hint={t.conversation.chooseHint} />
          ) : (
            <ConversationView key={conversationId} id={conversationId} filter={filter} />
          )}
        </main>
      )}
      {phoneOpen && phoneBeside && (
        <aside aria-label={t.phone.title} className="w-[340px] shrink-0 border-l border-line">
          <PhonePanel onClose={() => setPhoneOpen(false)} />
        </aside>
      )}
      {phoneOpen && !phoneBeside && (
        <Sheet open onOpenChange={setPhoneOpen} label={t.phone.title} side="right">
          <PhonePanel onClose={() => setPhoneOpen(false)} />
        </Sheet>
      )}
    </div>
  );
}
