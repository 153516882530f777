import { Sparkles, UserRound } from 'lucide-react';
import type { Conversation } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';

/** One line above the field, so that nobody writes without knowing who else does. */
export function WhoAnswers({ conversation }: { conversation: Conversation }) {
  const t = useTexts();
  const times = useTimes();
  const until = conversation.takeover_expires_at;
  const ai = conversation.ai_mode === 'ai';
  const Icon = ai ? Sparkles : UserRound;
  return (
    <p data-testid="who-answers" className={`flex items-center gap-1.5 ${ai ? 'text-accent-text' : 'text-human-text'}`}>
      <Icon size={13} aria-hidden />
      {ai ? t.who.ai : until === null ? t.who.human : t.who.humanUntil(times.clock(until))}
    </p>
  );
}
