import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { sayError } from '../conversation/errors.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface Props {
  label: string;
  run: () => Promise<unknown>;
  /** Set where it cannot be taken back: asked before. */
  confirm?: string;
}

/** One thing to do with one row. */
export function RowAction({ label, run, confirm }: Props) {
  const t = useTexts();
  const { role } = useSession();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const done = useMutation({
    mutationFn: run,
    onSuccess: () => {
      setAsking(false);
      void client.invalidateQueries();
    },
  });
  return (
    <>
      <Button
        size="small"
        disabled={role !== 'owner' || done.isPending}
        title={role !== 'owner' ? t.refusals.ownersOnly : done.error ? sayError(done.error, t) : undefined}
        onClick={() => (confirm === undefined ? done.mutate() : setAsking(true))}
      >
        {done.error && confirm === undefined ? t.errors.unknown : label}
      </Button>
      {confirm !== undefined && (
        <Dialog open={asking} onOpenChange={setAsking} title={`${label}?`} description={confirm}>
          {done.error && (
            <p role="alert" className="mt-3 text-danger-text">
              {sayError(done.error, t)}
            </p>
          )}
          <div className="mt-5 flex justify-end gap-2">
            <Button onClick={() => setAsking(false)}>{t.conversation.cancel}</Button>
            <Button look="danger" disabled={done.isPending} onClick={() => done.mutate()}>
              {label}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
