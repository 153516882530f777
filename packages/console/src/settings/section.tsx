import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { sayError } from '../conversation/errors.ts';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';

interface Props {
  title: string;
  hint: string;
  actions?: ReactNode;
  query: { isPending: boolean; error: unknown; hasNextPage?: boolean; fetchNextPage?: () => unknown; isFetchingNextPage?: boolean };
  children: ReactNode;
}

/** One page of the settings: what it is about, what can be made, and the list. */
export function Section({ title, hint, actions, query, children }: Props) {
  const t = useTexts();
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h2 className="text-lg font-semibold">{title}</h2>
          <p className="max-w-xl text-soft">{hint}</p>
        </div>
        {actions}
      </div>
      {query.error !== null && (
        <Notice tone="danger" icon={CircleAlert} live>
          {sayError(query.error, t)}
        </Notice>
      )}
      {query.isPending ? <p role="status">{t.app.loading}</p> : children}
      {query.hasNextPage && (
        <Button className="self-center" disabled={query.isFetchingNextPage === true} onClick={() => query.fetchNextPage?.()}>
          {t.app.more}
        </Button>
      )}
    </div>
  );
}
