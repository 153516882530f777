import { CircleAlert, MessageCircleOff, Sparkles } from 'lucide-react';
import type { Dispatch } from '../../data/types.ts';
import type { Texts } from '../../texts/en.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';

/** Why the AI did, or did not, answer what the customer wrote. */
export function Why({ decision }: { decision: Dispatch }) {
  const t = useTexts();
  const times = useTimes();
  const Icon = decision.outcome === 'failed' ? CircleAlert : decision.outcome === 'suppressed' ? MessageCircleOff : Sparkles;
  const tone = decision.outcome === 'failed' ? 'text-danger-text' : 'text-faint';
  const attempts = decision.attempts > 1 ? ` · ${t.why.attempts(decision.attempts)}` : '';
  return (
    <p
      data-outcome={decision.outcome}
      title={decision.error ?? decision.dispatch_id}
      className={`mt-0.5 flex items-center gap-1.5 px-1 text-xs ${tone}`}
    >
      <Icon size={12} className="shrink-0" aria-hidden />
      <span>
        {sayWhy(decision, t, times.duration)}
        {attempts}
        {decision.outcome === 'failed' && decision.error !== null && `: ${decision.error}`}
      </span>
    </p>
  );
}

function sayWhy(decision: Dispatch, t: Texts, duration: (ms: number) => string): string {
  if (decision.outcome === 'replied') return t.why.replied(decision.latency_ms === null ? '' : duration(decision.latency_ms));
  if (decision.outcome === 'suppressed')
    return t.why.suppressed[decision.reason ?? ''] ?? `${t.why.suppressed['other']}: ${decision.reason}`;
  return t.why[decision.outcome];
}
