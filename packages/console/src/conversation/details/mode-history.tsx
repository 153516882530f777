import { useModeHistory } from '../../data/use-conversation.ts';
import { useUserNames } from '../../data/use-users.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { sayChange } from '../thread/mode-line.tsx';

/** Every change of who answers, newest first. */
export function ModeHistory({ id }: { id: string }) {
  const t = useTexts();
  const times = useTimes();
  const names = useUserNames();
  const { data: history = [] } = useModeHistory(id);
  if (history.length === 0) return <p className="text-[13px] text-soft">{t.who.ai}</p>;
  return (
    <ol className="flex flex-col gap-2.5 border-l border-line-strong pl-3">
      {history.map((change) => (
        <li key={change.mode_epoch} className="text-[13px] leading-[18px]">
          {sayChange(change, t, names.get(change.actor_user_id ?? ''))}
          <span className="block text-xs text-faint">{times.full(change.created_at)}</span>
        </li>
      ))}
    </ol>
  );
}
