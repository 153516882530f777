import { Lock, Sparkles, UserRound } from 'lucide-react';
import type { ModeHistoryRow } from '../../data/types.ts';
import { useUserNames } from '../../data/use-users.ts';
import { useSession } from '../../session/session.tsx';
import type { Texts } from '../../texts/en.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';

/** A change of who answers, in the row of what was said. */
export function ModeLine({ change }: { change: ModeHistoryRow }) {
  const t = useTexts();
  const times = useTimes();
  const names = useUserNames();
  const { userId } = useSession();
  const name = change.actor_user_id === userId ? t.timeline.you : names.get(change.actor_user_id ?? '');
  const reason = t.timeline.reasons[change.reason] ?? change.reason;
  const Icon = change.to_mode === 'ai' ? Sparkles : change.to_mode === 'human' ? UserRound : Lock;
  const tone = change.to_mode === 'ai' ? 'text-accent-text' : change.to_mode === 'human' ? 'text-human-text' : 'text-soft';
  return (
    <p data-mode-change={change.to_mode} className={`mt-4 mb-1 flex items-center justify-center gap-1.5 text-center text-xs ${tone}`}>
      <Icon size={13} className="shrink-0" aria-hidden />
      <span>
        {sayChange(change, t, name)}
        {reason && ` (${reason})`}
        <span className="text-faint"> · {times.clock(change.created_at)}</span>
      </span>
    </p>
  );
}

export function sayChange(change: ModeHistoryRow, t: Texts, name: string | undefined): string {
  const who = name ?? t.timeline.actor[change.actor_kind as keyof Texts['timeline']['actor']] ?? t.timeline.actor.system;
  if (change.to_mode === 'ai') return t.timeline.mode.toAi(who);
  if (change.to_mode === 'human' && change.actor_kind === 'ai') return t.timeline.mode.aiToHuman;
  return change.to_mode === 'human' ? t.timeline.mode.toHuman(who) : t.timeline.mode.toClosed(who);
}
