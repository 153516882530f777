import { Ban, Clock, Lock } from 'lucide-react';
import type { Conversation } from '../../data/types.ts';
import { useSuggestionActions, useSuggestions } from '../../data/use-suggestions.ts';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Notice } from '../../ui/notice.tsx';
import { useNow } from '../../ui/use-now.ts';
import { conversationCan, windowLeftMs } from '../can.ts';
import type { useOutbox } from '../use-outbox.ts';
import { DrainNotice } from './drain-notice.tsx';
import { SuggestionCard } from './suggestion-card.tsx';
import { TemplateForm } from './template-form.tsx';
import { WhoAnswers } from './who-answers.tsx';
import { Writer } from './writer.tsx';

interface Props {
  conversation: Conversation;
  outbox: ReturnType<typeof useOutbox>;
  draft: string;
  setDraft: (text: string) => void;
}

/** The foot of a conversation: who answers, what may be sent and how, or why nothing may. */
export function Composer({ conversation, outbox, draft, setDraft }: Props) {
  const { role } = useSession();
  const now = useNow(20_000);
  const [suggestion] = useSuggestions(conversation.conversation_id);
  const { send, drop } = useSuggestionActions(conversation.conversation_id);
  const can = conversationCan.write(conversation, role, now);
  return (
    <footer className="border-t border-line px-3 pt-2.5 pb-3 md:px-5">
      <div className="mx-auto flex max-w-3xl flex-col gap-2">
        <DrainNotice conversation={conversation} />
        {suggestion && can === true && (
          <SuggestionCard
            key={suggestion.suggestion_id}
            suggestion={suggestion}
            failure={send.error ?? drop.error}
            working={send.isPending || drop.isPending}
            onSend={() => send.mutate(suggestion.suggestion_id)}
            onEdit={(text) => {
              setDraft(text);
              drop.mutate(suggestion.suggestion_id);
              document.querySelector<HTMLTextAreaElement>('[data-composer]')?.focus();
            }}
            onDrop={() => drop.mutate(suggestion.suggestion_id)}
          />
        )}
        {can === true ? (
          <>
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-1 text-xs font-medium">
              <WhoAnswers conversation={conversation} />
              <WindowLeft conversation={conversation} now={now} />
            </div>
            <Writer conversation={conversation} outbox={outbox} draft={draft} setDraft={setDraft} />
          </>
        ) : (
          <Refused conversation={conversation} reason={can} />
        )}
      </div>
    </footer>
  );
}

function WindowLeft({ conversation, now }: { conversation: Conversation; now: Date }) {
  const t = useTexts();
  const times = useTimes();
  const left = windowLeftMs(conversation, now);
  if (left === undefined) return null;
  const soon = left < 3 * 60 * 60 * 1000;
  return (
    <p
      data-testid="window-left"
      className={`flex items-center gap-1.5 tabular-nums ${soon ? 'rounded bg-warn-soft px-1.5 text-warn-text' : 'font-normal text-faint'}`}
    >
      <Clock size={13} aria-hidden />
      {t.composer.windowLeft(t.channels[conversation.channel], times.duration(left))}
    </p>
  );
}

function Refused({
  conversation,
  reason,
}: {
  conversation: Conversation;
  reason: Exclude<ReturnType<typeof conversationCan.write>, true>;
}) {
  const t = useTexts();
  if (reason === 'closed')
    return (
      <Notice icon={Lock}>
        <span className="font-medium text-ink">{t.who.closed}</span> {t.who.closedHint}
      </Notice>
    );
  if (reason === 'windowClosed')
    return (
      <>
        <Notice tone="warn" icon={Clock}>
          {conversation.channel === 'whatsapp' ? t.composer.windowClosed : t.composer.windowClosedMeta}
        </Notice>
        {conversation.channel === 'whatsapp' && <TemplateForm conversation={conversation} />}
      </>
    );
  return (
    <Notice tone={reason === 'optedOut' ? 'warn' : 'plain'} icon={Ban}>
      {reason === 'optedOut' ? t.composer.optedOut : t.refusals[reason]}
    </Notice>
  );
}
