import { LockKeyhole, MessageSquareText } from 'lucide-react';
import { useTexts } from '../../texts/texts.tsx';

export type Kind = 'answer' | 'note';

const look = 'inline-flex h-6 items-center gap-1 rounded px-2 text-xs font-medium aria-pressed:text-ink';

/** Whether what is written is for the customer or for colleagues. */
export function KindTabs({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const t = useTexts();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields, these are two buttons.
    <div role="group" aria-label={t.composer.kind} className="flex gap-0.5 rounded-md bg-hover p-0.5 text-soft">
      <button
        type="button"
        aria-pressed={kind === 'answer'}
        onClick={() => onChange('answer')}
        className={`${look} aria-pressed:bg-raised aria-pressed:shadow-sm`}
      >
        <MessageSquareText size={12} aria-hidden />
        {t.composer.answer}
      </button>
      <button
        type="button"
        data-note-tab
        aria-pressed={kind === 'note'}
        onClick={() => onChange('note')}
        className={`${look} aria-pressed:bg-warn-soft aria-pressed:text-warn-text`}
      >
        <LockKeyhole size={12} aria-hidden />
        {t.note.one}
      </button>
    </div>
  );
}
