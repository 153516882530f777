import type { WriteStream } from 'node:tty';

/** One line that lives where there is a terminal; in a log, a line per event. */
export class Progress {
  readonly #to: Pick<WriteStream, 'write' | 'isTTY'>;
  #name = '';
  #began = 0;

  constructor(to: Pick<WriteStream, 'write' | 'isTTY'>) {
    this.#to = to;
  }

  begin(name: string): void {
    this.#name = name;
    this.#began = performance.now();
    this.say('starting …');
  }

  say(what: string): void {
    const line = `[${this.#seconds()} s] ${this.#name}: ${what}`;
    this.#to.write(this.#to.isTTY ? `\r\u001b[K${line.slice(0, 150)}` : `${line}\n`);
  }

  end(good: boolean, details: readonly string[]): void {
    const line = `${good ? 'ok    ' : 'BROKEN'} [${this.#seconds()} s] ${this.#name}\n`;
    this.#to.write(this.#to.isTTY ? `\r\u001b[K${line}` : line);
    for (const detail of details.slice(0, 20)) this.#to.write(`       ${detail}\n`);
    if (details.length > 20) this.#to.write(`       … and ${details.length - 20} more\n`);
  }

  #seconds(): string {
    return ((performance.now() - this.#began) / 1000).toFixed(0).padStart(4);
  }
}
