import { Sparkles } from 'lucide-react';
import type { Suggestion } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { sayError } from '../errors.ts';

interface Props {
  suggestion: Suggestion;
  failure: unknown;
  working: boolean;
  onSend: () => void;
  onEdit: (text: string) => void;
  onDrop: () => void;
}

/** A reply of the AI that was not sent: a person decides. */
export function SuggestionCard({ suggestion, failure, working, onSend, onEdit, onDrop }: Props) {
  const t = useTexts();
  const text = suggestion.messages
    .map((message) => message.text)
    .filter((one) => one !== '')
    .join('\n\n');
  return (
    <section aria-label={t.suggestion.title} className="rounded-lg border border-accent/40 bg-accent-soft p-3">
      <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-accent-text">
        <Sparkles size={13} aria-hidden />
        <span className="font-semibold">{t.suggestion.title}</span>
        <span>{t.suggestion.reasons[suggestion.reason] ?? suggestion.reason}</span>
        {suggestion.stale === 'newer_message' && <span className="font-semibold">{t.suggestion.newerMessage}</span>}
      </p>
      <p className="mt-1.5 max-h-40 overflow-y-auto break-words whitespace-pre-wrap">{text}</p>
      {failure !== null && (
        <p role="alert" className="mt-1.5 text-xs text-danger-text">
          {sayError(failure, t)}
        </p>
      )}
      <div className="mt-2.5 flex gap-1.5">
        <Button size="small" look="primary" disabled={working} onClick={onSend}>
          {t.suggestion.send}
        </Button>
        <Button size="small" disabled={working} onClick={() => onEdit(text)}>
          {t.suggestion.edit}
        </Button>
        <Button size="small" look="quiet" disabled={working} onClick={onDrop}>
          {t.suggestion.drop}
        </Button>
      </div>
    </section>
  );
}
