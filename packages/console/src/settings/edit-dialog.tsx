import type { ReactNode } from 'react';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { FormDialog } from './form-dialog.tsx';

interface Props {
  /** What is changed. */
  name: string;
  /** A text it answers is a secret that is shown this once. */
  save: (data: FormData) => Promise<string | undefined>;
  children: ReactNode;
  wide?: boolean;
}

/** Changes one row. */
export function EditDialog({ name, save, children, wide = false }: Props) {
  const t = useTexts();
  const { role } = useSession();
  return (
    <FormDialog
      title={`${t.settings.edit}: ${name}`}
      submitLabel={t.settings.save}
      submit={save}
      shownOnce={t.settings.shownOnce}
      wide={wide}
      trigger={(open) => (
        <Button
          size="small"
          aria-label={`${t.settings.edit}: ${name}`}
          disabled={role !== 'owner'}
          title={role === 'owner' ? undefined : t.refusals.ownersOnly}
          onClick={open}
        >
          {t.settings.edit}
        </Button>
      )}
    >
      {children}
    </FormDialog>
  );
}
