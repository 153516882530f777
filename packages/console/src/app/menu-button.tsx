import { Menu as MenuIcon } from 'lucide-react';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useShell } from './shell-context.ts';

/** Opens the sidebar where it is hidden; else nothing. */
export function MenuButton() {
  const t = useTexts();
  const { openMenu } = useShell();
  return openMenu ? <IconButton icon={MenuIcon} label={t.app.menu} onClick={openMenu} className="-ml-1" /> : null;
}
