import { Ban, Clock, Lock } from 'lucide-react';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import type { Conversation } from '../../data/types.ts';
import { useSuggestionActions, useSuggestions } from '../../data/use-suggestions.ts';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Notice } from '../../ui/notice.tsx';
import { useNow } from '../../ui/use-now.ts';
import { conversationCan, windowLeftMs } from '../can.ts';
import { NoteWriter } from '../note/note-writer.tsx';
import type { useOutbox } from '../use-outbox.ts';
import { DrainNotice } from './drain-notice.tsx';
import { type Kind, KindTabs } from './kind-tabs.tsx';
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
  const [kind, setKind] = useState<Kind>('answer');
  const [note, setNote] = useState('');
  const choose = (next: Kind) => {
    // At once, so that the field is there to be written into.
    flushSync(() => setKind(next));
    document.querySelector<HTMLTextAreaElement>(next === 'note' ? '[data-note-field]' : '[data-composer]')?.focus();
  };
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
              choose('answer');
            }}
            onDrop={() => drop.mutate(suggestion.suggestion_id)}
          />
        )}
        {(can === true || role !== 'viewer') && (
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs font-medium">
            {role !== 'viewer' && <KindTabs kind={kind} onChange={choose} />}
            {can === true && kind === 'answer' && (
              <>
                <WhoAnswers conversation={conversation} />
                <WindowLeft conversation={conversation} now={now} />
              </>
            )}
          </div>
        )}
        {kind === 'note' && <NoteWriter conversationId={conversation.conversation_id} draft={note} setDraft={setNote} />}
        {kind === 'answer' && can === true && <Writer conversation={conversation} outbox={outbox} draft={draft} setDraft={setDraft} />}
        {kind === 'answer' && can !== true && <Refused conversation={conversation} reason={can} />}
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
