import { type ReactNode, useState } from 'react';
import { Palette } from '../inbox/palette.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useMedia } from '../ui/use-media.ts';
import { LinkBanner } from './link-banner.tsx';
import { ShellContext } from './shell-context.ts';
import { Sidebar } from './sidebar.tsx';

/** What stands around every page: the sidebar (behind a button where it is narrow), the state of the connection, the palette. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useTexts();
  const wide = useMedia('(min-width: 1024px)');
  const [menuOpen, setMenuOpen] = useState(false);
  const [phoneOpen, setPhoneOpen] = useState(false);
  const value = { openMenu: wide ? undefined : () => setMenuOpen(true), phoneOpen, setPhoneOpen };
  return (
    <ShellContext value={value}>
      <div className="flex h-full flex-col">
        <LinkBanner />
        <div className="flex min-h-0 flex-1">
          {wide ? (
            <div className="w-54 shrink-0 border-r border-line">
              <Sidebar onChosen={() => undefined} />
            </div>
          ) : (
            <Sheet open={menuOpen} onOpenChange={setMenuOpen} label={t.app.menu} side="left">
              <Sidebar onChosen={() => setMenuOpen(false)} />
            </Sheet>
          )}
          <div className="min-w-0 flex-1">{children}</div>
        </div>
      </div>
      <Palette />
    </ShellContext>
  );
}
