import { useLayoutEffect, useMemo, useRef } from 'react';
import type { Conversation } from '../../data/types.ts';
import { useDispatches, useMessages, useModeHistory } from '../../data/use-conversation.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Button } from '../../ui/button.tsx';
import { useNow } from '../../ui/use-now.ts';
import { NoteCard } from '../note/note-card.tsx';
import { useNotes } from '../note/use-notes.ts';
import type { Posting, useOutbox } from '../use-outbox.ts';
import { AiWorks } from './ai-works.tsx';
import { HandoffLine } from './handoff-line.tsx';
import { MessageBubble } from './message-bubble.tsx';
import { ModeLine } from './mode-line.tsx';
import { PostingBubble } from './posting-bubble.tsx';
import { timelineOf } from './timeline.ts';

interface Props {
  conversation: Conversation;
  outbox: ReturnType<typeof useOutbox>;
}

export function Thread({ conversation, outbox }: Props) {
  const t = useTexts();
  const times = useTimes();
  const now = useNow(60_000);
  const id = conversation.conversation_id;
  const { messages, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useMessages(id);
  const { data: history = [] } = useModeHistory(id);
  const { data: dispatches = [] } = useDispatches(id);
  const notes = useNotes(id);
  const items = useMemo(
    () => timelineOf({ messages, history, dispatches, notes, complete: !hasNextPage, dayOf: (at) => new Date(at).toDateString() }),
    [messages, history, dispatches, notes, hasNextPage],
  );
  // The stream may bring the message before its request is answered: it must not be seen twice meanwhile.
  const arrived = ({ text, after }: Posting) => messages.some((one) => one.author === 'human' && one.sequence > after && one.text === text);
  const waiting = outbox.postings.filter((posting) => posting.error !== undefined || !arrived(posting));
  const end = useStickToEnd(`${items.length}-${waiting.length}-${messages[0]?.message_id}`);
  return (
    <div ref={end} className="min-h-0 flex-1 overflow-y-auto px-4 py-4 md:px-6" data-testid="thread">
      <div className="mx-auto flex max-w-3xl flex-col">
        {!isPending && (
          <div className="flex justify-center pb-2 text-xs text-faint">
            {hasNextPage ? (
              <Button size="small" look="quiet" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {t.conversation.older}
              </Button>
            ) : (
              t.conversation.beginning
            )}
          </div>
        )}
        <ol aria-label={t.list.label} className="flex flex-col">
          {items.map((item) => (
            <li key={item.key}>
              {item.kind === 'day' && (
                <div className="my-4 flex items-center gap-3 text-xs font-medium text-faint">
                  <span className="h-px flex-1 bg-line" />
                  {times.day(item.at, { now, today: t.timeline.today, yesterday: t.timeline.yesterday })}
                  <span className="h-px flex-1 bg-line" />
                </div>
              )}
              {item.kind === 'mode' && <ModeLine change={item.change} />}
              {item.kind === 'note' && <NoteCard note={item.note} />}
              {item.kind === 'handoff' && <HandoffLine handoff={item.handoff} at={item.at} />}
              {item.kind === 'message' && (
                <MessageBubble message={item.message} decision={item.decision} together={item.together} grouped={item.grouped} />
              )}
            </li>
          ))}
          {waiting.map((posting) => (
            <li key={posting.key}>
              <PostingBubble posting={posting} outbox={outbox} />
            </li>
          ))}
        </ol>
        {conversation.ai_mode === 'ai' && <AiWorks dispatches={dispatches} />}
      </div>
    </div>
  );
}

/** Stays at the newest unless the reader has gone up, and keeps their place when earlier messages come in above. */
function useStickToEnd(version: string) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef({ height: 0, top: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { height, top } = before.current;
    const atEnd = height === 0 || height - top - element.clientHeight < 120;
    if (atEnd) element.scrollTop = element.scrollHeight;
    else if (element.scrollTop < 80) element.scrollTop += element.scrollHeight - height;
    before.current = { height: element.scrollHeight, top: element.scrollTop };
    const remember = () => {
      before.current = { height: element.scrollHeight, top: element.scrollTop };
    };
    element.addEventListener('scroll', remember, { passive: true });
    return () => element.removeEventListener('scroll', remember);
  }, [version]);
  return box;
}
