import type { FieldProblem } from '@baton/errors/baton-error.ts';
import type { JsonObject } from '../wire/json.ts';
import { cleanText } from '../wire/text.ts';

/** One item of a batch while it is read: what is wrong is noted with its path, and reading goes on, so that a caller hears everything at once. */
export class ItemReader {
  readonly #item: JsonObject;
  readonly #path: string;
  readonly #problems: FieldProblem[];

  constructor(item: JsonObject, path: string, problems: FieldProblem[]) {
    this.#item = item;
    this.#path = path;
    this.#problems = problems;
  }

  problem(field: string, message: string): void {
    this.#problems.push({ path: `${this.#path}/${field}`, message });
  }

  raw(field: string): unknown {
    return this.#item[field] ?? undefined;
  }

  /** A text of at most `max` UTF-16 units, cleaned; empty when absent. */
  text(field: string, max: number): string {
    const value = this.raw(field);
    if (value === undefined) return '';
    if (typeof value !== 'string') this.problem(field, 'must be a text');
    else if (value.length > max) this.problem(field, `is longer than ${max} characters`);
    else return cleanText(value);
    return '';
  }

  required(field: string, max: number): string {
    const raw = this.raw(field);
    if (raw === undefined) {
      this.problem(field, 'is missing');
      return '';
    }
    const value = this.text(field, max);
    // Also when nothing is left of it: a key of NUL characters alone would be no key.
    if (value === '' && typeof raw === 'string' && cleanText(raw) === '') this.problem(field, 'must not be empty');
    return value;
  }

  choice<const T extends string>(field: string, allowed: readonly T[], fallback?: T): T {
    const value = this.raw(field) ?? fallback;
    const found = allowed.find((one) => one === value);
    if (found === undefined) this.problem(field, value === undefined ? 'is missing' : `must be one of ${allowed.join(', ')}`);
    return found ?? allowed[0]!;
  }

  /** RFC 3339 in UTC with milliseconds; `fallback` when absent. */
  time(field: string, fallback: string): string {
    const value = this.raw(field);
    if (value === undefined) return fallback;
    const time = typeof value === 'string' && rfc3339.test(value) ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(time)) return new Date(time).toISOString();
    this.problem(field, 'must be an RFC 3339 time');
    return fallback;
  }

  object(field: string): JsonObject | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject;
    this.problem(field, 'must be an object');
    return undefined;
  }

  /** A reader of an object inside this one; undefined when absent. */
  inside(field: string): ItemReader | undefined {
    const value = this.object(field);
    return value && new ItemReader(value, `${this.#path}/${field}`, this.#problems);
  }

  /** Readers of the objects of a list of at most `max`. */
  list(field: string, max: number): ItemReader[] {
    const value = this.raw(field);
    if (value === undefined) return [];
    if (!Array.isArray(value)) this.problem(field, 'must be a list');
    else if (value.length > max) this.problem(field, `holds more than ${max} items`);
    else return value.flatMap((one, index) => this.#listItem(one, `${field}/${index}`));
    return [];
  }

  #listItem(value: unknown, field: string): ItemReader[] {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return [new ItemReader(value as JsonObject, `${this.#path}/${field}`, this.#problems)];
    }
    this.problem(field, 'must be an object');
    return [];
  }
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;
