import { SendHorizontal } from 'lucide-react';
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import type { Conversation } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import type { useOutbox } from '../use-outbox.ts';
import { CannedReplies } from './canned-replies.tsx';

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
  const send = () => {
    const text = draft.trim();
    if (text === '') return;
    setDraft('');
    void outbox.send(text);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
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
    <div className="rounded-xl border border-line-strong bg-raised focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/20">
      <textarea
        ref={field}
        data-composer
        rows={2}
        aria-label={t.composer.label}
        placeholder={ai ? t.composer.placeholderAi : t.composer.placeholder}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        className="block w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 outline-none placeholder:text-faint focus-visible:outline-none"
      />
      <div className="flex items-center gap-2 px-2 pb-2">
        <CannedReplies onChosen={(text) => setDraft(draft === '' ? text : `${draft} ${text}`)} />
        <span className="min-w-0 flex-1 truncate text-right text-xs text-faint max-sm:invisible">{t.composer.enterHint}</span>
        <Button look={ai ? 'human' : 'primary'} disabled={draft.trim() === ''} onClick={send}>
          <SendHorizontal size={14} aria-hidden />
          {ai ? t.composer.sendTakesOver : t.composer.send}
        </Button>
      </div>
    </div>
  );
}
