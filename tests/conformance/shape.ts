import type { Json } from '../support/api.ts';

/**
 * Where an answer is not of the printed shape: a field that is printed and not there, or a value of another type. Types are read off the printed
 * values themselves (`550e8400-…` is a UUID, `2026-02-14T15:30:00Z` a time, `msg_001` an id of that kind). Fields may be added, none may be missing.
 * Of a printed array every element is an example: each element of the answer is of the shape of one of them, and a field that an example of the
 * same `direction` or `role` does not have is not there either.
 */
export function shapeProblems(printed: Json, actual: Json, at = '$'): string[] {
  if (Array.isArray(printed)) {
    if (!Array.isArray(actual)) return [`${at} is ${kindOf(actual)}, not an array`];
    return actual.flatMap((one, index) => closest(printed, one, `${at}[${index}]`));
  }
  if (typeof printed === 'object' && printed !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return [`${at} is ${kindOf(actual)}, not an object`];
    return Object.entries(printed).flatMap(([field, value]) =>
      field in actual ? shapeProblems(value, actual[field], `${at}.${field}`) : [`${at}.${field} is missing`],
    );
  }
  const wanted = kindOf(printed);
  return fits(wanted, actual) ? [] : [`${at} is ${JSON.stringify(actual)} (${kindOf(actual)}), printed as ${wanted}`];
}

/** Fields that say which of several printed shapes is meant. */
const variants = ['direction', 'role'];

function closest(examples: Json[], actual: Json, at: string): string[] {
  const name = variants.find((field) => actual?.[field] !== undefined && examples.some((one) => one?.[field] === actual[field]));
  const alike = name === undefined ? examples : examples.filter((one) => one[name] === actual[name]);
  const problems = alike.map((one) => [
    ...shapeProblems(one, actual, at),
    ...(name === undefined ? [] : strangers(examples, alike, actual, at)),
  ]);
  return problems.sort((a, b) => a.length - b.length)[0] ?? [];
}

/** Fields that the document has on the other variant alone: `source` is never on an inbound message. */
function strangers(examples: Json[], alike: Json[], actual: Json, at: string): string[] {
  const has = (list: Json[], field: string) => list.some((one) => field in one);
  return Object.keys(actual)
    .filter((field) => has(examples, field) && !has(alike, field))
    .map((field) => `${at}.${field} is there, but is printed on others alone`);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
// Documents shorten their sample UUIDs: 880b0500-...
const SHORT_UUID = /^[\da-f]{8}-\.\.\.$/;
const ID = /^([a-z]{2,5})_[\w]+$/;
const PHONE = /^\+\d{6,15}$/;

/** The type of a value, as narrow as its look allows. */
export function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value !== 'string') return typeof value;
  if (TIME.test(value)) return 'time';
  if (UUID.test(value) || SHORT_UUID.test(value)) return 'uuid';
  if (PHONE.test(value)) return 'phone';
  const prefix = ID.exec(value)?.[1];
  return prefix !== undefined && ['acc', 'agt', 'conv', 'ctc', 'msg'].includes(prefix) ? `id ${prefix}_` : 'string';
}

function fits(wanted: string, actual: Json): boolean {
  const kind = kindOf(actual);
  return kind === wanted || (wanted === 'string' && typeof actual === 'string') || (wanted === 'number' && kind === 'integer');
}
