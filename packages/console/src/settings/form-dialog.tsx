import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { Copy } from './copy.tsx';
import { SayFaults } from './say-faults.tsx';

interface Props {
  title: string;
  trigger: (open: () => void) => ReactNode;
  submitLabel: string;
  /** Does it; a text it answers is a secret that is shown this once. */
  submit: (data: FormData) => Promise<string | undefined>;
  /** What to say of that secret. */
  shownOnce: string;
  children: ReactNode;
  wide?: boolean;
}

/** A button, and the form behind it. */
export function FormDialog({ title, trigger, submitLabel, submit, shownOnce, children, wide = false }: Props) {
  const t = useTexts();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const made = useMutation({
    mutationFn: submit,
    onSuccess: (secret) => {
      void client.invalidateQueries();
      if (secret === undefined) setOpen(false);
    },
  });
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    made.mutate(new FormData(event.currentTarget));
  };
  const change = (next: boolean) => {
    setOpen(next);
    made.reset();
  };
  return (
    <>
      {trigger(() => change(true))}
      <Dialog open={open} onOpenChange={change} title={title} wide={wide}>
        {made.data === undefined ? (
          <form onSubmit={onSubmit} className="mt-4 flex flex-col gap-4">
            {children}
            {made.error && <SayFaults error={made.error} />}
            <div className="flex justify-end gap-2">
              <Button onClick={() => change(false)}>{t.conversation.cancel}</Button>
              <Button type="submit" look="primary" disabled={made.isPending}>
                {submitLabel}
              </Button>
            </div>
          </form>
        ) : (
          <div className="mt-4 flex flex-col gap-4">
            <Notice tone="warn">{shownOnce}</Notice>
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
