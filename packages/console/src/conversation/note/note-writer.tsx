import { LockKeyhole } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { sayError } from '../errors.ts';
import { useNoteActions } from './use-notes.ts';

interface Props {
  conversationId: string;
  draft: string;
  setDraft: (text: string) => void;
}

/** Looks unlike the answer's field, so that nobody writes to a customer what is meant for colleagues. */
export function NoteWriter({ conversationId, draft, setDraft }: Props) {
  const t = useTexts();
  const { add } = useNoteActions(conversationId);
  const save = () => {
    const text = draft.trim();
    if (text !== '' && !add.isPending) add.mutate(text, { onSuccess: () => setDraft('') });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    save();
  };
  return (
    <div className="rounded-xl border border-warn-text/50 bg-warn-soft focus-within:ring-2 focus-within:ring-warn-text/30">
      <textarea
        data-note-field
        rows={2}
        maxLength={10_000}
        aria-label={t.note.label}
        placeholder={t.note.placeholder}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        className="block max-h-56 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 outline-none [field-sizing:content] placeholder:text-warn-text focus-visible:outline-none"
      />
      <div className="flex items-center gap-2 px-2 pb-2">
        <p role={add.error ? 'alert' : undefined} className="min-w-0 flex-1 pl-1.5 text-xs text-warn-text">
          {add.error ? sayError(add.error, t) : t.note.hint}
        </p>
        <Button disabled={draft.trim() === '' || add.isPending} onClick={save}>
          <LockKeyhole size={14} aria-hidden />
          {t.note.add}
        </Button>
      </div>
    </div>
  );
}
