import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { en, type Texts } from './en.ts';

/** The languages there are. Of those other than English a browser loads only the one it needs. */
const catalogues: Record<string, () => Promise<Texts>> = {
  en: async () => en,
  de: async () => (await import('./de.ts')).de,
  es: async () => (await import('./es.ts')).es,
};

export const languages = [
  ['en', 'English'],
  ['de', 'Deutsch'],
  ['es', 'Español'],
] as const;

const remembered = 'baton.language';

interface Value {
  texts: Texts;
  language: string;
  choose: (language: string) => void;
}

const Context = createContext<Value>({ texts: en, language: 'en', choose: () => undefined });

export function TextsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [loaded, setLoaded] = useState<{ texts: Texts; language: string }>();
  useEffect(() => {
    let wanted = true;
    void catalogues[language]?.().then((texts) => {
      document.documentElement.lang = language;
      if (wanted) setLoaded({ texts, language });
    });
    return () => {
      wanted = false;
    };
  }, [language]);
  if (!loaded) return null;
  const choose = (chosen: string) => {
    localStorage.setItem(remembered, chosen);
    setLanguage(chosen);
  };
  return <Context value={{ ...loaded, choose }}>{children}</Context>;
}

function firstLanguage(): string {
  const wishes = [localStorage.getItem(remembered) ?? '', ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  return wishes.find((tag) => tag in catalogues) ?? 'en';
}

export function useTexts(): Texts {
  return use(Context).texts;
}

export function useLanguage(): Pick<Value, 'language' | 'choose'> {
  return use(Context);
}
