import { type FormEvent, useId } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { useModeActions } from '../use-actions.ts';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  giveBack: ReturnType<typeof useModeActions>['giveBack'];
}

export function GiveBackDialog({ open, onOpenChange, giveBack }: Props) {
  const t = useTexts();
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    giveBack.mutate(new FormData(event.currentTarget).get('pending') === 'on');
    onOpenChange(false);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t.conversation.giveBackTitle} description={t.conversation.giveBackText}>
      <form onSubmit={submit} className="mt-4 flex flex-col gap-5">
        <div className="flex items-center gap-2.5">
          <input id={id} type="checkbox" name="pending" className="size-4 accent-[var(--accent)]" />
          <label htmlFor={id}>{t.conversation.giveBackPending}</label>
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>{t.conversation.cancel}</Button>
          <Button type="submit" look="primary">
            {t.conversation.giveBack}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
