import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { sayError } from '../errors.ts';
import type { useModeActions } from '../use-actions.ts';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  close: ReturnType<typeof useModeActions>['close'];
}

/** Asks first: it is the one change that cannot be taken back. */
export function CloseDialog({ open, onOpenChange, close }: Props) {
  const t = useTexts();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t.conversation.closeTitle} description={t.conversation.closeText}>
      {close.error && (
        <p role="alert" className="mt-3 text-danger-text">
          {sayError(close.error, t)}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>{t.conversation.cancel}</Button>
        <Button look="danger" disabled={close.isPending} onClick={() => close.mutate()}>
          {t.conversation.closeConfirm}
        </Button>
      </div>
    </Dialog>
  );
}
