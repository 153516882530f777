import { memo } from 'react';
import type { Dispatch, Message } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Attachments } from './attachments.tsx';
import { AuthorMark } from './author-mark.tsx';
import { bubbleLook } from './bubble-look.ts';
import { StatusMark } from './status-mark.tsx';
import { Why } from './why.tsx';

interface Props {
  message: Message;
  decision: Dispatch | undefined;
  /** Answered with a later message, at which the decision stands. */
  together: boolean;
  /** Said by the same one right after: without the name again. */
  grouped: boolean;
}

export const MessageBubble = memo(function MessageBubble({ message, decision, together, grouped }: Props) {
  const t = useTexts();
  const times = useTimes();
  const own = message.direction === 'outbound';
  const gone = message.status === 'cancelled';
  return (
    <article
      aria-label={t.authors[message.author]}
      data-message={message.message_id}
      className={`flex flex-col ${own ? 'items-end' : 'items-start'} ${grouped ? 'mt-1' : 'mt-3'}`}
    >
      {!grouped && <AuthorMark author={message.author} name={message.sender_name} />}
      <div className={`max-w-[min(85%,34rem)] rounded-2xl px-3.5 py-2 ${bubbleLook[message.author]} ${gone ? 'opacity-60' : ''}`}>
        <Attachments message={message} />
        {message.text !== '' && <p className={`break-words whitespace-pre-wrap ${gone ? 'line-through' : ''}`}>{message.text}</p>}
      </div>
      <p className="mt-1 flex items-center gap-1.5 px-1 text-xs text-faint">
        <time dateTime={message.created_at} title={times.full(message.created_at)}>
          {times.clock(message.created_at)}
        </time>
        {own && <StatusMark status={message.status} />}
      </p>
      {message.error && <p className="px-1 text-xs text-danger-text">{message.error.detail || message.error.code}</p>}
      {decision && <Why decision={decision} />}
      {together && <p className="mt-0.5 px-1 text-xs text-faint">{t.why.together}</p>}
    </article>
  );
});
