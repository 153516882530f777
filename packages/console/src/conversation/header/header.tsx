import { Link } from '@tanstack/react-router';
import { ArrowLeft, Ban, CircleAlert, EllipsisVertical, PanelRight } from 'lucide-react';
import { useState } from 'react';
import { paths } from '../../app/paths.ts';
import type { Filter } from '../../data/filter.ts';
import { nameOf, readableAddress } from '../../data/names.ts';
import type { Conversation } from '../../data/types.ts';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { conversationCan } from '../can.ts';
import { ChannelIcon } from '../channel-icon.tsx';
import { ModeBadge } from '../mode-badge.tsx';
import { useModeActions } from '../use-actions.ts';
import { CloseDialog } from './close-dialog.tsx';
import { ModeButtons } from './mode-buttons.tsx';

interface Props {
  conversation: Conversation;
  filter: Filter;
  /** Where the details do not stand beside: opens them. */
  onDetails?: () => void;
}

/** Who this is, who answers, and the three things that change it. */
export function Header({ conversation, filter, onDetails }: Props) {
  const t = useTexts();
  const { role } = useSession();
  const actions = useModeActions(conversation);
  const [closing, setClosing] = useState(false);
  const id = conversation.conversation_id;
  // Where the list does not stand beside, this is what the page is about.
  const Heading = useMedia('(min-width: 768px)') ? 'h2' : 'h1';
  return (
    <header className="@container flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2 md:px-5">
      <Link
        to={paths.inbox}
        search={filter}
        aria-label={t.conversation.back}
        className="-ml-1 rounded-md p-1.5 text-soft hover:bg-hover md:hidden"
      >
        <ArrowLeft size={18} aria-hidden />
      </Link>
      <Avatar name={conversation.contact?.name ?? null} seed={conversation.from_number} size={34} />
      <div className="min-w-0 flex-1 basis-32">
        <Heading className="truncate text-[15px] leading-5 font-semibold">{nameOf(conversation)}</Heading>
        <p className="flex items-center gap-2 text-xs text-faint">
          <ChannelIcon channel={conversation.channel} />
          {conversation.contact?.name && <span className="hidden truncate @2xl:inline">{readableAddress(conversation.from_number)}</span>}
          <ModeBadge mode={conversation.ai_mode} />
          {conversation.needs_handoff && (
            <span className="inline-flex h-[18px] items-center gap-1 rounded bg-warn-soft px-1.5 font-medium whitespace-nowrap text-warn-text">
              <CircleAlert size={11} aria-hidden />
              <span className="max-sm:sr-only">{t.handoff}</span>
            </span>
          )}
          {conversation.opt_out && (
            <span className="inline-flex h-[18px] items-center gap-1 rounded bg-danger-soft px-1.5 font-medium whitespace-nowrap text-danger-text">
              <Ban size={11} aria-hidden />
              {t.optedOut}
            </span>
          )}
        </p>
      </div>
      <div className="flex items-center gap-1.5 max-sm:w-full">
        <ModeButtons conversation={conversation} actions={actions} onClose={() => setClosing(true)} />
        {onDetails && <IconButton icon={PanelRight} label={t.conversation.details} onClick={onDetails} className="max-sm:ml-auto" />}
        <Menu trigger={<IconButton icon={EllipsisVertical} label={t.app.more} />}>
          <MenuItem onSelect={() => void navigator.clipboard.writeText(`${location.origin}/inbox/${id}`)}>
            {t.conversation.copyLink}
          </MenuItem>
          {conversation.needs_handoff && (
            <MenuItem disabled={role === 'viewer'} onSelect={() => actions.update.mutate({ needs_handoff: false })}>
              {t.conversation.markHandled}
            </MenuItem>
          )}
        </Menu>
      </div>
      {conversationCan.close(conversation, role) === true && <CloseDialog open={closing} onOpenChange={setClosing} close={actions.close} />}
    </header>
  );
}
