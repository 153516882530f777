import { createContext, use } from 'react';

interface ShellValue {
  /** Where the sidebar is hidden: opens it. */
  openMenu: (() => void) | undefined;
  phoneOpen: boolean;
  setPhoneOpen: (open: boolean) => void;
}

export const ShellContext = createContext<ShellValue>({ openMenu: undefined, phoneOpen: false, setPhoneOpen: () => undefined });

export function useShell(): ShellValue {
  return use(ShellContext);
}
