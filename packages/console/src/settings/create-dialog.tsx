import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { sayError } from '../conversation/errors.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { Copy } from './copy.tsx';

interface Props {
  title: string;
  /** Makes the thing; a text it answers is a secret that is shown this once. */
  create: (data: FormData) => Promise<string | undefined>;
  /** What to do with that secret, where it is not to be kept. */
  shownOnce?: string;
  children: ReactNode;
}

/** A button, and the form behind it. */
export function CreateDialog({ title, create, shownOnce, children }: Props) {
  const t = useTexts();
  const { role } = useSession();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const made = useMutation({
    mutationFn: create,
    onSuccess: (secret) => {
      void client.invalidateQueries();
      if (secret === undefined) setOpen(false);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    made.mutate(new FormData(event.currentTarget));
  };
  const change = (next: boolean) => {
    setOpen(next);
    made.reset();
  };
  return (
    <>
      <Button
        look="primary"
        disabled={role !== 'owner'}
        title={role === 'owner' ? undefined : t.refusals.ownersOnly}
        onClick={() => change(true)}
      >
        <Plus size={15} aria-hidden />
        {title}
      </Button>
      <Dialog open={open} onOpenChange={change} title={title}>
        {made.data === undefined ? (
          <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
            {children}
            {made.error && <Notice tone="danger">{sayError(made.error, t)}</Notice>}
            <div className="flex justify-end gap-2">
              <Button onClick={() => change(false)}>{t.conversation.cancel}</Button>
              <Button type="submit" look="primary" disabled={made.isPending}>
                {t.settings.create}
              </Button>
            </div>
          </form>
        ) : (
          <div className="mt-4 flex flex-col gap-4">
            <Notice tone="warn">{shownOnce ?? t.settings.shownOnce}</Notice>
            <Copy value={made.data} />
            <Button className="self-end" onClick={() => change(false)}>
              {t.app.close}
            </Button>
          </div>
        )}
      </Dialog>
    </>
  );
}
