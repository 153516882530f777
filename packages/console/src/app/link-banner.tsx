import { WifiOff } from 'lucide-react';
import { useLinkState } from '../live/live.tsx';
import { useTexts } from '../texts/texts.tsx';

/** Says when what is shown may be out of date. */
export function LinkBanner() {
  const t = useTexts();
  const state = useLinkState();
  return (
    <div role="status">
      {(state === 'lost' || state === 'refused') && (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-3 py-1.5 text-[13px] text-warn-text">
          <WifiOff size={14} aria-hidden />
          {t.link[state]}
        </p>
      )}
    </div>
  );
}
