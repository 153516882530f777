import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sayError } from '../conversation/errors.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { Copy } from './copy.tsx';

interface Props {
  label: string;
  /** What the link is for, and whom to give it to. */
  hint: string;
  make: () => Promise<{ url: string }>;
}

/** A link that is made when it is asked for, and shown once. */
export function LinkAction({ label, hint, make }: Props) {
  const t = useTexts();
  const { role } = useSession();
  const client = useQueryClient();
  const made = useMutation({ mutationFn: make, onSuccess: () => void client.invalidateQueries() });
  const mayNot = role !== 'owner';
  return (
    <>
      <Button
        size="small"
        disabled={mayNot || made.isPending}
        title={mayNot ? t.refusals.ownersOnly : undefined}
        onClick={() => made.mutate()}
      >
        {label}
      </Button>
      <Dialog open={made.isSuccess || made.isError} onOpenChange={() => made.reset()} title={label} description={hint}>
        <div className="mt-4 flex flex-col gap-4">
          {made.data && <Copy value={made.data.url} />}
          {made.error && <Notice tone="danger">{sayError(made.error, t)}</Notice>}
          <Button className="self-end" onClick={() => made.reset()}>
            {t.app.close}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
