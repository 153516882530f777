/** What clients of other products send and mean, and the native API would refuse. Both change the request in place, before it is validated. */

/** Programs that serialize whole objects send null for what they leave out; no dialect has a field in which null says anything. */
export function leaveOutNulls(body: unknown): void {
  if (!isObject(body)) return;
  for (const [name, value] of Object.entries(body)) if (value === null) delete body[name];
}

const words = new Map([
  ['true', 'true'],
  ['1', 'true'],
  ['false', 'false'],
  ['0', 'false'],
]);

/** Python writes `True` into an address, PHP `1`. Only where the route's schema has a boolean: elsewhere these are texts or numbers. */
export function spellFlags(query: unknown, schema: unknown): void {
  if (!isObject(query) || !isObject(schema) || !isObject(schema['properties'])) return;
  for (const [name, { type }] of Object.entries(schema['properties'] as Record<string, { type?: string }>)) {
    const given = query[name];
    if (type === 'boolean' && typeof given === 'string') query[name] = words.get(given.toLowerCase()) ?? given;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
