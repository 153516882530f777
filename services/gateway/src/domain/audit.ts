const idShape = /^(?:[a-z]{2,5}_[0-7][0-9a-hjkmnp-tv-z]{25}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/** The values that are ids (ours, or their UUIDs), of any fields: everything else may be what a customer wrote or a number that they have. */
export function idsIn(values: unknown): string[] {
  if (typeof values !== 'object' || values === null) return [];
  return Object.values(values).filter((value): value is string => typeof value === 'string' && idShape.test(value));
}

interface BodySchema {
  properties?: Record<string, BodySchema>;
}

/**
 * The names of the fields that a body sets, as its schema knows them; of an object with fields of its own those (`backend.url`). Never a value, and
 * never a name that the caller made up.
 */
export function fieldsIn(schema: unknown, body: unknown): string[] {
  const known = (schema as BodySchema | undefined)?.properties;
  if (!known || typeof body !== 'object' || body === null) return [];
  return Object.keys(body).flatMap((name) => {
    const field = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!field) return [];
    const inner = fieldsIn(field, (body as Record<string, unknown>)[name]);
    return inner.length > 0 ? inner.map((one) => `${name}.${one}`) : [name];
  });
}

/**
 * Whether the answer to a write is put on record: what was done, what may have been done (a fault says nothing of the effect), and who was refused what
 * only administrators do. Other refusals changed nothing and are only counted.
 */
export function isRecorded(status: number, scope: string): boolean {
  if (status < 400 || status >= 500) return true;
  return scope === 'admin' && status !== 401 && status !== 429;
}
