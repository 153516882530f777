import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ran, root } from '../command.ts';
import type { Json } from './json.ts';

interface Field {
  name: string;
  label: string;
  type: string;
  typeName?: string;
  proto3Optional?: boolean;
}

interface ProtoFile {
  name: string;
  package: string;
  messageType: { name: string; field?: Field[] }[];
  sourceCodeInfo: { location: { path?: number[]; leadingComments?: string }[] };
}

const struct = '.google.protobuf.Struct';

const scalars: Record<string, Json> = {
  TYPE_STRING: { type: 'string' },
  TYPE_BOOL: { type: 'boolean' },
  TYPE_INT32: { type: 'integer' },
  TYPE_INT64: { type: 'integer' },
};

/** Says more of a field than its type in the proto file does: the words it may hold, for one. */
export type Refine = (message: string, field: string) => Json;

/**
 * JSON Schemas of everything in `baton.events.v1`, by message name, as it travels: the names of the proto file, every field present, an optional one
 * null where there is nothing. `work` is a folder for the compiled files.
 */
export function eventSchemas(work: string, refine: Refine): Record<string, Json> {
  const image = path.join(work, 'events.json');
  if (!ran('buf', ['build', '--path', 'baton/events', '-o', image], path.join(root, 'proto'))) throw new Error('buf build failed.');
  const { file: files } = JSON.parse(readFileSync(image, 'utf8')) as { file: ProtoFile[] };
  const schemas: Record<string, Json> = {};
  for (const file of files.filter((one) => one.package === 'baton.events.v1')) {
    file.messageType.forEach((message, index) => {
      const comment = (at: number[]) => commentAt(file, [4, index, ...at]);
      const fields = message.field ?? [];
      const properties = fields.map((field, place) => [
        field.name,
        schemaOf(field, { ...described(comment([2, place])), ...refine(message.name, field.name) }),
      ]);
      schemas[message.name] = {
        type: 'object',
        ...described(comment([])),
        properties: Object.fromEntries(properties),
        required: fields.filter((field) => isAlwaysThere(field, file)).map((field) => field.name),
      };
    });
  }
  return schemas;
}

/** What a provider does not say is left out, of its messages any optional field; everything else has a value, if only null. */
function isAlwaysThere(field: Field, file: ProtoFile): boolean {
  if (field.proto3Optional) return !file.name.endsWith('/inbound.proto');
  return field.type !== 'TYPE_MESSAGE' || field.label === 'LABEL_REPEATED';
}

function schemaOf(field: Field, more: Json): Json {
  const { description, ...refined } = more;
  const one = typeOf(field, refined);
  const whole = field.label === 'LABEL_REPEATED' ? { type: 'array', items: one } : field.proto3Optional ? orNull(one) : one;
  return description === undefined ? whole : { ...whole, description };
}

function typeOf(field: Field, refined: Json): Json {
  const scalar = scalars[field.type];
  if (scalar) return { ...scalar, ...refined };
  if (field.typeName === struct) return { type: 'object', additionalProperties: true, ...refined };
  if (field.type === 'TYPE_MESSAGE' && field.typeName) return { $ref: `#/components/schemas/${field.typeName.split('.').at(-1)}` };
  throw new Error(`${field.name}: nothing is known of ${field.type}.`);
}

function orNull(schema: Json): Json {
  if ('$ref' in schema) return { oneOf: [schema, { type: 'null' }] };
  const words = schema['enum'] as unknown[] | undefined;
  return { ...schema, type: [schema['type'], 'null'], ...(words && { enum: [...words, null] }) };
}

function described(comment: string | undefined): Json {
  return comment === undefined ? {} : { description: comment };
}

function commentAt(file: ProtoFile, at: number[]): string | undefined {
  const found = file.sourceCodeInfo.location.find((location) => location.path?.join() === at.join());
  return found?.leadingComments?.trim().replace(/\s+/g, ' ');
}
