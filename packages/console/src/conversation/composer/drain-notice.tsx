import { useQuery } from '@tanstack/react-query';
import { ShieldCheck, TriangleAlert } from 'lucide-react';
import { keys } from '../../data/keys.ts';
import type { Conversation } from '../../data/types.ts';
import { useMessages } from '../../data/use-conversation.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Notice } from '../../ui/notice.tsx';
import { stillInFlight } from '../in-flight.ts';
import type { Drain } from '../use-actions.ts';

/** After a takeover from here: whether anything of the AI can still reach the customer. What the server named, less what has settled since. */
export function DrainNotice({ conversation }: { conversation: Conversation }) {
  const t = useTexts();
  const id = conversation.conversation_id;
  const { data: drain } = useQuery<Drain | null>({ queryKey: keys.takeover(id), queryFn: () => null, enabled: false });
  const { messages } = useMessages(id);
  if (!drain || conversation.ai_mode === 'ai' || drain.epoch !== conversation.mode_epoch) return null;
  const left = stillInFlight(drain, messages);
  if (left.length > 0)
    return (
      <Notice tone="warn" icon={TriangleAlert} live>
        {t.conversation.draining(left.length)}
      </Notice>
    );
  return (
    <Notice tone="human" icon={ShieldCheck} live>
      {t.conversation.drained}
    </Notice>
  );
}
