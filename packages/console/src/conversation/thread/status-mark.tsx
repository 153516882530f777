import { Ban, Check, CheckCheck, CircleHelp, Clock, TriangleAlert } from 'lucide-react';
import type { Message } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';

const marks = {
  received: [Check, 'text-faint'],
  queued: [Clock, 'text-faint'],
  sending: [Clock, 'text-faint'],
  sent: [Check, 'text-faint'],
  delivered: [CheckCheck, 'text-faint'],
  read: [CheckCheck, 'text-accent-text'],
  failed: [TriangleAlert, 'text-danger-text'],
  unknown: [CircleHelp, 'text-warn-text'],
  cancelled: [Ban, 'text-faint'],
} as const;

/** In words as well where it is not as it should be. */
const spoken: ReadonlySet<Message['status']> = new Set(['queued', 'sending', 'failed', 'unknown', 'cancelled']);

export function StatusMark({ status }: { status: Message['status'] }) {
  const t = useTexts();
  const [Icon, tone] = marks[status];
  return (
    <span className={`inline-flex items-center gap-1 ${tone}`} title={t.status[status]} data-status={status}>
      <Icon size={13} aria-hidden />
      <span className={spoken.has(status) ? '' : 'sr-only'}>{t.status[status]}</span>
    </span>
  );
}
