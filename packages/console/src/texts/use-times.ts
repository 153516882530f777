import { useMemo } from 'react';
import { useLanguage } from './texts.tsx';
import { type Times, timesIn } from './times.ts';

export function useTimes(): Times {
  const { language } = useLanguage();
  return useMemo(() => timesIn(regional(language)), [language]);
}

/** The reader's own variety of a language, where the browser names one: clocks and dates differ by country. */
function regional(language: string): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
}
