import { MessageSquareQuote } from 'lucide-react';
import { useCannedReplies } from '../../data/use-directory.ts';
import { useTexts } from '../../texts/texts.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuLabel } from '../../ui/menu.tsx';

export function CannedReplies({ onChosen }: { onChosen: (text: string) => void }) {
  const t = useTexts();
  const replies = useCannedReplies();
  return (
    <Menu align="start" trigger={<IconButton icon={MessageSquareQuote} label={t.composer.canned} />}>
      {replies.length === 0 && <MenuLabel>{t.composer.cannedNone}</MenuLabel>}
      {replies.map(({ canned_reply_id, shortcut, title, text }) => (
        <MenuItem key={canned_reply_id} onSelect={() => onChosen(text)}>
          <span className="max-w-56 truncate">{title}</span>
          <span className="ml-auto pl-3 text-xs text-faint">{shortcut}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}
