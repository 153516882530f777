import { useMemo } from 'react';
import { useLanguage } from './texts.tsx';
import { type Times, timesIn } from './times.ts';

export function useTimes(): Times {
  const { language } = useLanguage();
  return useMemo(() => timesIn(language), [language]);
}
