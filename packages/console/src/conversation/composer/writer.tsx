import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useId, useLayoutEffect, useRef } from 'react';
import type { Conversation } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import type { useOutbox } from '../use-outbox.ts';
import { CannedReplies } from './canned-replies.tsx';
import { ShortcutList } from './shortcut-list.tsx';
import { SmsCounter } from './sms-counter.tsx';
import { useShortcuts } from './use-shortcuts.ts';

interface Props {
  conversation: Conversation;
  outbox: ReturnType<typeof useOutbox>;
  draft: string;
  setDraft: (text: string) => void;
}

const tallest = 220;

/** The field. While the AI has the conversation the button says what sending does. */
export function Writer({ conversation, outbox, draft, setDraft }: Props) {
  const t = useTexts();
  const field = useRef<HTMLTextAreaElement>(null);
  const ai = conversation.ai_mode === 'ai';
  const counterId = useId();
  const listId = useId();
  const shortcuts = useShortcuts(draft, setDraft);
  const listOpen = shortcuts.fitting.length > 0;
  const counted = conversation.channel === 'sms' && draft.trim() !== '';
  const send = () => {
    const text = draft.trim();
    if (text === '') return;
    setDraft('');
    void outbox.send(text);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (shortcuts.onKey(event)) return;
    // Enter also ends the choice of a character in scripts that are composed.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, tallest)}px`;
  }, [draft]);
  return (
    <div className="relative rounded-xl border border-line-strong bg-raised focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/20">
      {listOpen && (
        <div className="absolute inset-x-0 bottom-full z-10 pb-1.5">
          <ShortcutList
            id={listId}
            label={t.composer.canned}
            replies={shortcuts.fitting}
            chosen={shortcuts.chosen}
            onChosen={shortcuts.take}
          />
        </div>
      )}
      <textarea
        ref={field}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={listOpen ? listId : undefined}
        aria-activedescendant={listOpen ? `${listId}-${shortcuts.chosen}` : undefined}
        data-composer
        rows={2}
        aria-label={t.composer.label}
        aria-describedby={counted ? counterId : undefined}
        placeholder={ai ? t.composer.placeholderAi : t.composer.placeholder}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={shortcuts.close}
        className="block w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 outline-none placeholder:text-faint focus-visible:outline-none"
      />
      <div className="flex items-center gap-2 px-2 pb-2">
        <CannedReplies onChosen={(text) => setDraft(draft === '' ? text : `${draft} ${text}`)} />
        {counted && <SmsCounter id={counterId} text={draft.trim()} />}
        <span className={`min-w-0 flex-1 truncate text-right text-xs text-faint ${counted ? 'invisible' : 'max-sm:invisible'}`}>
          {t.composer.enterHint}
        </span>
        <Button look={ai ? 'human' : 'primary'} disabled={draft.trim() === ''} onClick={send}>
          <SendHorizontal size={14} aria-hidden />
          {ai ? t.composer.sendTakesOver : t.composer.send}
        </Button>
      </div>
    </div>
  );
}
