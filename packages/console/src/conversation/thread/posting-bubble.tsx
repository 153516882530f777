import { Clock, TriangleAlert } from 'lucide-react';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import type { Posting, useOutbox } from '../use-outbox.ts';

interface Props {
  posting: Posting;
  outbox: ReturnType<typeof useOutbox>;
}

/** What was written here and Baton has not confirmed: paler than a message, since it is none yet. */
export function PostingBubble({ posting, outbox }: Props) {
  const t = useTexts();
  return (
    <article aria-label={t.authors.human} className="mt-3 flex flex-col items-end">
      <p className="max-w-[min(85%,34rem)] rounded-2xl rounded-br-md border border-dashed border-human bg-human-soft px-3.5 py-2 break-words whitespace-pre-wrap text-human-text">
        {posting.text}
      </p>
      {posting.error === undefined ? (
        <p className="mt-1 flex items-center gap-1.5 px-1 text-xs text-faint">
          <Clock size={13} aria-hidden />
          {t.status.posting}
        </p>
      ) : (
        <div role="alert" className="mt-1 flex flex-wrap items-center justify-end gap-1.5 px-1 text-xs text-danger-text">
          <TriangleAlert size={13} aria-hidden />
          {t.status.notPosted}: {posting.error}
          <Button size="small" onClick={() => void outbox.retry(posting)}>
            {t.app.retry}
          </Button>
          <Button size="small" look="quiet" onClick={() => outbox.drop(posting.key)}>
            {t.suggestion.drop}
          </Button>
        </div>
      )}
    </article>
  );
}
