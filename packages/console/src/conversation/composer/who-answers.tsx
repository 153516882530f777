import { Sparkles, UserRound } from 'lucide-react';
import type { Conversation } from '../../data/types.ts';
import { useUserNames } from '../../data/use-users.ts';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { sayError } from '../errors.ts';
import { useModeActions } from '../use-actions.ts';

/** One line above the field, so that nobody writes without knowing who else does. */
export function WhoAnswers({ conversation }: { conversation: Conversation }) {
  const t = useTexts();
  const times = useTimes();
  const { userId, role } = useSession();
  const names = useUserNames();
  const { takeOver } = useModeActions(conversation);
  const { taken_over_by: holder, takeover_expires_at: until } = conversation;
  const ai = conversation.ai_mode === 'ai';
  const Icon = ai ? Sparkles : UserRound;
  const others = !ai && userId !== null && holder !== userId && role !== 'viewer';
  const name = names.get(holder ?? '');
  const who = holder !== null && holder === userId ? t.who.you : name === undefined ? t.who.people : t.who.named(name);
  return (
    <p data-testid="who-answers" className={`flex flex-wrap items-center gap-x-1.5 ${ai ? 'text-accent-text' : 'text-human-text'}`}>
      <Icon size={13} className="shrink-0" aria-hidden />
      {ai ? t.who.ai : who}
      {!ai && until !== null && ` ${t.who.until(times.clock(until))}`}
      {others && (
        <button
          type="button"
          disabled={takeOver.isPending}
          onClick={() => takeOver.mutate()}
          className="rounded px-1 font-semibold underline underline-offset-2 hover:bg-human-soft"
        >
          {t.who.makeMine}
        </button>
      )}
      {takeOver.error && (
        <span role="alert" className="text-danger-text">
          {sayError(takeOver.error, t)}
        </span>
      )}
    </p>
  );
}
