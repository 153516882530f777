import { Lock, Sparkles, UserRound } from 'lucide-react';
import type { AiMode } from '../data/types.ts';
import { useTexts } from '../texts/texts.tsx';

const looks = {
  ai: [Sparkles, 'bg-accent-soft text-accent-text'],
  human: [UserRound, 'bg-human-soft text-human-text'],
  closed: [Lock, 'bg-hover text-soft'],
} as const;

/** Who answers now. */
export function ModeBadge({ mode }: { mode: AiMode }) {
  const t = useTexts();
  const [Icon, look] = looks[mode];
  return (
    <span className={`inline-flex h-[18px] items-center gap-1 rounded px-1.5 text-xs font-medium whitespace-nowrap ${look}`}>
      <Icon size={11} aria-hidden />
      {t.mode[mode]}
    </span>
  );
}
