import { randomBytes } from 'node:crypto';

/** Words that stand nowhere but where a customer, an operator, an AI or a provider has put them; by what they are. */
export class Canaries {
  readonly #words = new Map<string, string>();

  word(name: string): string {
    return this.#keep(name, `Canary${name.replaceAll(/\W/g, '')}${randomBytes(8).toString('hex')}`);
  }

  /** A German mobile number. */
  number(name: string): string {
    return `+${this.#keep(name, `49151${String(randomBytes(4).readUInt32BE() % 90_000_000).padStart(8, '1')}`)}`;
  }

  /** What somebody else has made up. */
  known(name: string, word: string): string {
    return this.#keep(name, word);
  }

  #keep(name: string, word: string): string {
    this.#words.set(name, word);
    return word;
  }

  /** The lines in which one stands, as it is or encoded, with its name. */
  foundIn(text: string): string[] {
    const spellings = [...this.#words].flatMap(([name, word]) =>
      [word, encodeURIComponent(word), Buffer.from(word).toString('hex'), Buffer.from(word).toString('base64').slice(0, -4)].map(
        (spelling) => [name, spelling] as const,
      ),
    );
    return text.split('\n').flatMap((line) => {
      const hit = spellings.find(([, spelling]) => line.includes(spelling));
      return hit ? [`${hit[0]}: ${line.slice(0, 400)}`] : [];
    });
  }

  get size(): number {
    return this.#words.size;
  }
}
