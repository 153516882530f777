import type { Catalogue } from './catalogue.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';

const catalogues: Readonly<Record<string, Catalogue>> = { en, de, es };

/** The first of these languages that there is a catalogue for, whatever its region; English where there is none. */
export function chooseTexts(wanted: readonly (string | undefined)[]): { language: string; texts: Catalogue } {
  for (const one of wanted) {
    const language = one?.split('-', 1)[0]?.toLowerCase() ?? '';
    const texts = Object.hasOwn(catalogues, language) ? catalogues[language] : undefined;
    if (texts) return { language, texts };
  }
  return { language: 'en', texts: en };
}

/** Puts values in the places that a text has for them. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
