import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { FormDialog } from './form-dialog.tsx';

interface Props {
  title: string;
  /** Makes the thing; a text it answers is a secret that is shown this once. */
  create: (data: FormData) => Promise<string | undefined>;
  /** What to do with that secret, where it is not to be kept. */
  shownOnce?: string;
  children: ReactNode;
  wide?: boolean;
}

/** Makes one more of what the section lists. */
export function CreateDialog({ title, create, shownOnce, children, wide = false }: Props) {
  const t = useTexts();
  const { role } = useSession();
  return (
    <FormDialog
      title={title}
      submitLabel={t.settings.create}
      submit={create}
      shownOnce={shownOnce ?? t.settings.shownOnce}
      wide={wide}
      trigger={(open) => (
        <Button look="primary" disabled={role !== 'owner'} title={role === 'owner' ? undefined : t.refusals.ownersOnly} onClick={open}>
          <Plus size={15} aria-hidden />
          {title}
        </Button>
      )}
    >
      {children}
    </FormDialog>
  );
}
