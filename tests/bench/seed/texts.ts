import { randomFrom } from './random.ts';

/** What the searches look for, and how often it is there. No other word holds one of these: the letters q and x are in none. */
export const planted = {
  /** In 20 messages, over all the time. */
  rare: 'exquisite',
  /** In one of five, once in each. */
  common: 'express',
  /** In three of a hundred, but only in the oldest tenth. */
  bygone: 'quicklime',
  /** In one of ten. */
  short: 'ox',
  /** In none. */
  absent: 'quixotic',
  absentShort: 'qq',
} as const;

const rareMessages = 20;

type Alphabet = { consonants: string[]; vowels: string[] };
const latin: Alphabet = { consonants: [...'bcdfghjklmnprstvwzç', 'st', 'sch', 'th', 'ß'], vowels: [...'aeiouäéıöü', 'ei', 'ou'] };
const cyrillic: Alphabet = { consonants: [...'бвгджзклмнпрстфхцчшщ'], vowels: [...'аеиоуыэюя'] };
const arabic: Alphabet = { consonants: [...'بتثجحخدذرزسشصضطظعغفقكلمنهي'], vowels: [...'اوي', ''] };

const wordsOfAnAlphabet = 8000;

/** Messages as people write them, to an index: few words often and most seldom, four scripts, mostly short. */
export class Texts {
  readonly #random = randomFrom(1);
  readonly #scripts: { upTo: number; vocabulary: string[]; between: string }[] = [
    { upTo: 0.75, vocabulary: this.#words(latin), between: ' ' },
    { upTo: 0.85, vocabulary: this.#words(cyrillic), between: ' ' },
    { upTo: 0.95, vocabulary: this.#words(arabic), between: ' ' },
    { upTo: 1, vocabulary: Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + i * 5)), between: '' },
  ];

  /** A frequent word of each of the other scripts, two letters of the one without words. */
  get foreign(): { cyrillic: string; arabic: string; chinese: string } {
    const frequent = (script: number) => this.#scripts[script]!.vocabulary.find((word, rank) => rank > 20 && word.length > 4)!;
    return { cyrillic: frequent(1), arabic: frequent(2), chinese: this.#scripts[3]!.vocabulary.slice(0, 2).join('') };
  }

  /** The `n`th of `of` messages, the oldest first. */
  text(n: number, of: number): string {
    const words = this.#plain();
    const plant = (word: string) => words.splice(Math.floor(this.#random() * (words.length + 1)), 0, word);
    if (n % Math.ceil(of / rareMessages) === 7) plant(planted.rare);
    if (n % 5 === 1) plant(planted.common);
    if (n < of / 10 && n % 33 === 2) plant(planted.bygone);
    if (n % 10 === 3) plant(planted.short);
    if (n % 10 === 4) plant(`#${100_000 + n}`);
    const text = words.join(' ');
    return text[0]!.toUpperCase() + text.slice(1) + (this.#random() < 0.3 ? '?' : '.');
  }

  #plain(): string[] {
    const chance = this.#random();
    const script = this.#scripts.find(({ upTo }) => chance < upTo)!;
    // Half of them up to a dozen words, one of a hundred more than a hundred.
    const length = Math.ceil(12 * Math.exp(this.#normal()));
    const words = Array.from({ length }, () => script.vocabulary[this.#rank(script.vocabulary.length)]!);
    return script.between === '' ? [words.join('')] : words;
  }

  #words({ consonants, vowels }: Alphabet): string[] {
    const syllable = () => this.#one(consonants) + this.#one(vowels) + (this.#random() < 0.3 ? this.#one(consonants) : '');
    return Array.from({ length: wordsOfAnAlphabet }, () => {
      let word = syllable();
      while (this.#random() < 0.6) word += syllable();
      return word;
    });
  }

  #one(of: string[]): string {
    return of[Math.floor(this.#random() * of.length)]!;
  }

  /** As words of a language are: the second half as often as the first, the third a third as often. */
  #rank(of: number): number {
    return Math.floor(of ** this.#random()) - 1;
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}
