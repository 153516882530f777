import { Sparkles } from 'lucide-react';
import type { Dispatch } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';

/** Shown while a turn of the AI runs. */
export function AiWorks({ dispatches }: { dispatches: readonly Dispatch[] }) {
  const t = useTexts();
  const runs = dispatches.some(({ outcome }) => outcome === 'pending' || outcome === 'in_flight');
  return (
    <div role="status" className="min-h-8">
      {runs && (
        <p className="mt-3 flex items-center justify-end gap-1.5 text-xs text-accent-text">
          <Sparkles size={13} className="animate-pulse" aria-hidden />
          {t.conversation.aiWorks}
        </p>
      )}
    </div>
  );
}
