import type { BatonError } from '@baton/errors/baton-error.ts';

/** A caller mends them one after the other; a request can be wrong in as many ways as it has fields. */
const named = 5;

/** What a refusal says. The native API lists the fields that are wrong beside its sentence; dialects have the sentence alone, so it names them. */
export function sentenceOf({ problems, detail }: BatonError): string {
  if (problems.length < 2) return detail;
  const told = problems.slice(0, named).map(({ path, message }) => `${path === '' ? 'The body' : path} ${message}.`);
  return [...told, ...(problems.length > named ? [`And ${problems.length - named} more.`] : [])].join(' ');
}
