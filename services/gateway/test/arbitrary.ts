import fc from 'fast-check';

// biome-ignore lint/suspicious/noExplicitAny: JSON Schema is a tree of anything.
export type Schema = any;

const nasty = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\u202e',
    '😀'.repeat(50),
    '\ud800',
    "'; drop table x; --",
    '../../etc/passwd',
    '%',
    '_',
    '{"a":1}',
    'null',
    '-1',
    '1e999',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer({ min: 1, max: 20 }).map((n) => 'x'.repeat(2 ** n)),
);

/** Values of any kind, as a client that has lost its mind would send them. */
export const garbage: fc.Arbitrary<unknown> = fc.oneof(
  { maxDepth: 4 },
  nasty,
  fc.constantFrom(null, true, false, 0, -1, 2 ** 31, 2 ** 53, 1e300, -0.5, [], {}),
  fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }),
  fc.dictionary(nasty, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
  fc.integer({ min: 1, max: 3000 }).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
);

export interface Pool {
  /** Values for strings by the field's name: ids and addresses that exist. */
  [field: string]: string[];
}

/** Values of a schema of the document; now and then (`spoil` in a hundred) one that does not fit. */
export function fuzz(schema: Schema, at: { document: Schema; pool: Pool; spoil: number; name?: string }): fc.Arbitrary<unknown> {
  const good = fitting(schema, at);
  if (at.spoil === 0) return good;
  return fc.oneof({ weight: 100 - at.spoil, arbitrary: good }, { weight: at.spoil, arbitrary: garbage });
}

function fitting(schema: Schema, at: { document: Schema; pool: Pool; spoil: number; name?: string }): fc.Arbitrary<unknown> {
  if (schema.$ref) return fitting(at.document.components.schemas[schema.$ref.split('/').at(-1)], at);
  if (schema.enum) {
    const known = schema.enum.filter((word: string) => at.pool[at.name ?? '']?.includes(word));
    return fc.constantFrom(...(known.length > 0 ? known : schema.enum));
  }
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one: Schema) => fitting(one, at)));
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1000, max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1) });
    case 'array':
      return fc.array(fuzz(schema.items, at), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) });
    case 'string':
      return text(schema, at);
    case 'object':
      return object(schema, at);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function text(schema: Schema, at: { pool: Pool; name?: string }): fc.Arbitrary<string> {
  const known = at.pool[at.name ?? ''];
  if (known) return fc.constantFrom(...known);
  if (schema.format === 'date-time')
    return fc.date({ min: new Date('1800-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString());
  if (schema.pattern) return fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true });
  return fc.string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 40) });
}

function object(schema: Schema, at: { document: Schema; pool: Pool; spoil: number }): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const fields = Object.fromEntries(properties.map(([name, one]) => [name, fuzz(one, { ...at, name })]));
  const known = fc.record(fields, { requiredKeys: (schema.required ?? []) as never[] });
  const open = schema.additionalProperties !== false && properties.length === 0;
  const extra = open ? fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }) : fc.constant({});
  const unknown =
    at.spoil === 0
      ? extra
      : fc.oneof(
          { weight: 100 - at.spoil, arbitrary: extra },
          { weight: at.spoil, arbitrary: fc.dictionary(nasty, garbage, { maxKeys: 2 }) },
        );
  return fc.tuple(known, unknown).map(([one, more]) => ({ ...more, ...one }));
}

/** The first lines of a request, more or less. */
export const headLines = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'BREW', 'OPTIONS', 'TRACE'),
    fc.webPath(),
    fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 5 }),
  )
  .map(([method, path, headers]) =>
    Buffer.from(
      `${method} /v1${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n`,
    ),
  );

export const contentTypes = ['application/json; charset=utf-8', 'text/plain', 'application/xml', '', 'a/b/c'];
export const brokenBodies = ['', '{', '[1,', '"', '{"a":1e999}', '{"__proto__":{}}', '\ufeff{}', 'x'.repeat(2_000_000)];

export const encode = (text: string) => encodeURIComponent(text.toWellFormed());
export const headerText = (value: unknown) =>
  typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
    ? value.slice(0, 2000)
    : String(JSON.stringify(value))
        .replace(/[^\x20-\x7e]/g, '?')
        .slice(0, 2000);
