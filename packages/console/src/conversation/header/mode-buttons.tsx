import { Hand, Lock, Sparkles } from 'lucide-react';
import { useState } from 'react';
import type { Conversation } from '../../data/types.ts';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { conversationCan } from '../can.ts';
import { sayError } from '../errors.ts';
import type { useModeActions } from '../use-actions.ts';
import { GiveBackDialog } from './give-back-dialog.tsx';

interface Props {
  conversation: Conversation;
  actions: ReturnType<typeof useModeActions>;
  onClose: () => void;
}

/** Take over, give back, close: the one that fits now is the plain one. */
export function ModeButtons({ conversation, actions, onClose }: Props) {
  const t = useTexts();
  const { role } = useSession();
  const [givingBack, setGivingBack] = useState(false);
  const mode = conversation.ai_mode;
  if (mode === 'closed') return null;
  const takeOver = conversationCan.takeOver(conversation, role);
  const giveBack = conversationCan.giveBack(conversation, role);
  const close = conversationCan.close(conversation, role);
  // What was refused before says nothing of what is done now.
  const failed = (actions.takeOver.submittedAt > actions.giveBack.submittedAt ? actions.takeOver : actions.giveBack).error;
  return (
    <>
      {failed && (
        <span role="alert" className="max-w-60 text-xs text-danger-text">
          {sayError(failed, t)}
        </span>
      )}
      {mode === 'ai' ? (
        <Button
          look="human"
          disabled={takeOver !== true || actions.takeOver.isPending}
          title={takeOver === true ? undefined : t.refusals[takeOver]}
          onClick={() => actions.takeOver.mutate()}
        >
          <Hand size={15} aria-hidden />
          {actions.takeOver.isPending ? t.conversation.takingOver : t.conversation.takeOver}
        </Button>
      ) : (
        <Button
          look="primary"
          disabled={giveBack !== true || actions.giveBack.isPending}
          title={giveBack === true ? undefined : t.refusals[giveBack]}
          onClick={() => setGivingBack(true)}
        >
          <Sparkles size={15} aria-hidden />
          {actions.giveBack.isPending ? t.conversation.givingBack : t.conversation.giveBack}
        </Button>
      )}
      <Button disabled={close !== true} title={close === true ? undefined : t.refusals[close]} onClick={onClose}>
        <Lock size={14} aria-hidden />
        {t.conversation.closeIt}
      </Button>
      <GiveBackDialog open={givingBack} onOpenChange={setGivingBack} giveBack={actions.giveBack} />
    </>
  );
}
