import { CircleAlert } from 'lucide-react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';

/** Instead of a page that could not be shown: its files are gone since a new version was installed, or it has a fault. */
export function PageError() {
  const t = useTexts();
  return (
    <main className="h-full">
      <Empty icon={CircleAlert} title={t.errors.page} hint={t.errors.pageHint}>
        <Button look="primary" onClick={() => location.reload()}>
          {t.errors.reload}
        </Button>
      </Empty>
    </main>
  );
}
