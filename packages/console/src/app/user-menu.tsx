import { ChevronsUpDown, LogOut, UserRound } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useSession } from '../session/session.tsx';
import { languages, useLanguage, useTexts } from '../texts/texts.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx';
import { type Theme, useTheme } from './theme.tsx';

const themes: readonly Theme[] = ['system', 'light', 'dark'];

const AccountDialog = lazy(() => import('../session/account-dialog.tsx').then((module) => ({ default: module.AccountDialog })));

export function UserMenu() {
  const t = useTexts();
  const session = useSession();
  const { theme, choose } = useTheme();
  const { language, choose: chooseLanguage } = useLanguage();
  const name = session.userName;
  const [accountOpen, setAccountOpen] = useState(false);
  const trigger = (
    <button type="button" className="flex h-10 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover">
      <Avatar name={name} seed={session.userId} size={26} />
      <span className="min-w-0 flex-1 truncate text-[13px] font-medium">{name}</span>
      <ChevronsUpDown size={14} className="text-faint" aria-hidden />
    </button>
  );
  return (
    <>
      <Menu trigger={trigger} align="start">
        <MenuLabel>{t.theme.label}</MenuLabel>
        {themes.map((one) => (
          <MenuItem key={one} checked={theme === one} onSelect={() => choose(one)}>
            {t.theme[one]}
          </MenuItem>
        ))}
        <MenuLabel>{t.languageLabel}</MenuLabel>
        {languages.map(([code, label]) => (
          <MenuItem key={code} checked={language === code} onSelect={() => chooseLanguage(code)}>
            {label}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => setAccountOpen(true)}>
          <UserRound size={14} aria-hidden />
          {t.account.title}
        </MenuItem>
        <MenuItem onSelect={session.signOut}>
          <LogOut size={14} aria-hidden />
          {t.nav.signOut}
        </MenuItem>
      </Menu>
      <Suspense>{accountOpen && <AccountDialog close={() => setAccountOpen(false)} />}</Suspense>
    </>
  );
}
