import { CircleAlert } from 'lucide-react';
import type { Dispatch } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';

/** The AI asked for a person: why, and what whoever takes over should know. */
export function HandoffLine({ handoff, at }: { handoff: NonNullable<Dispatch['handoff']>; at: string }) {
  const t = useTexts();
  const times = useTimes();
  return (
    <section
      aria-label={t.why.handed_off}
      className="mx-auto mt-4 mb-1 max-w-[min(92%,34rem)] rounded-lg border border-line-strong bg-raised px-3.5 py-2.5 text-[13px]"
    >
      <p className="flex items-center gap-1.5 text-xs text-warn-text">
        <CircleAlert size={13} className="shrink-0" aria-hidden />
        <span className="font-semibold">{t.why.handed_off}</span>
        <span>· {times.clock(at)}</span>
      </p>
      <p className="mt-1 font-medium break-words">{handoff.reason}</p>
      {handoff.summary !== null && <p className="mt-1 break-words whitespace-pre-wrap text-soft">{handoff.summary}</p>}
    </section>
  );
}
