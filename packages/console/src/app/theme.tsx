import { createContext, type ReactNode, use, useEffect } from 'react';
import { useMedia } from '../ui/use-media.ts';
import { useStored } from '../ui/use-stored.ts';

export type Theme = 'system' | 'light' | 'dark';

const Context = createContext<{ theme: Theme; choose: (theme: Theme) => void }>({ theme: 'system', choose: () => undefined });

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [theme, choose] = useStored<Theme>('baton.theme', 'system');
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const dark = theme === 'dark' || (theme === 'system' && systemDark);
  useEffect(() => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  }, [dark]);
  return <Context value={{ theme, choose }}>{children}</Context>;
}

export function useTheme() {
  return use(Context);
}
