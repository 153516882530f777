/** Reads environment variables and reports every missing or malformed one in a single error. */
export class EnvReader {
  readonly #env: NodeJS.ProcessEnv;
  readonly #problems: string[] = [];

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** A text; without a default it is required. */
  text(name: string, fallback?: string): string {
    const value = this.#env[name];
    if (value !== undefined && value !== '') return value;
    if (fallback === undefined) this.#problems.push(`${name} is missing`);
    return fallback ?? '';
  }

  optional(name: string): string | undefined {
    return this.#env[name] || undefined;
  }

  integer(name: string, fallback: number, range: { min: number; max: number }): number {
    const value = this.#env[name];
    if (value === undefined || value === '') return fallback;
    const number = Number(value);
    if (Number.isInteger(number) && number >= range.min && number <= range.max) return number;
    this.#problems.push(`${name} must be a whole number from ${range.min} to ${range.max}, not "${value}"`);
    return fallback;
  }

  /** A TCP port; 0 lets the system choose. */
  port(name: string, fallback: number): number {
    return this.integer(name, fallback, { min: 0, max: 65535 });
  }

  flag(name: string, fallback = false): boolean {
    const value = this.#env[name];
    if (value === undefined || value === '') return fallback;
    if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true;
    if (['0', 'false', 'no', 'off'].includes(value.toLowerCase())) return false;
    this.#problems.push(`${name} must be 1 or 0, not "${value}"`);
    return fallback;
  }

  choice<const T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.#env[name];
    if (value === undefined || value === '') return fallback;
    const found = allowed.find((one) => one === value);
    if (found === undefined) this.#problems.push(`${name} must be one of ${allowed.join(', ')}, not "${value}"`);
    return found ?? fallback;
  }

  /** Comma-separated, empty items dropped. */
  list(name: string, fallback: string[] = []): string[] {
    const value = this.#env[name];
    if (value === undefined) return fallback;
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** Notes a problem found by the caller (a value that parses but makes no sense). */
  problem(sentence: string): void {
    this.#problems.push(sentence);
  }

  /** Throws one error that names every problem; call it last. */
  finish(service: string): void {
    if (this.#problems.length > 0) throw new Error(`${service} cannot start: ${this.#problems.join('; ')}.`);
  }
}
