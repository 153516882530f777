import { readFileSync } from 'node:fs';
import path from 'node:path';
import { serverOptions } from '@baton/bus/connect.ts';
import { connect } from '@nats-io/transport-node';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { Json } from './api.ts';
import type { Product } from './product.ts';

// The default export of a CommonJS package: the function itself at run time, a namespace for the compiler.
const formats = addFormats as unknown as (ajv: Ajv2020) => Ajv2020;

/** docs/asyncapi.yaml as a judge: what it says nothing of is as wrong as what it contradicts. */
export class PublishedEvents {
  readonly #document: Json = parse(readFileSync(path.resolve(import.meta.dirname, '../../docs/asyncapi.yaml'), 'utf8'));
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #ajv = formats(new Ajv2020({ strict: false, allErrors: true }));

  constructor() {
    this.#ajv.addSchema({ $id: 'events', components: { schemas: closed(this.#document.components.schemas) } });
  }

  /** The types that the document calls public and that come by NATS. */
  get publicTypes(): string[] {
    return this.#channels().flatMap(({ message }) => (message.tags[0].name === 'public' ? [message.title] : []));
  }

  /** What is wrong with a message that came by this subject; undefined when nothing is. */
  problemOf(subject: string, event: Json): string | undefined {
    const found = this.#channels().find(({ pattern }) => pattern.test(subject));
    if (!found) return `no channel has the address ${subject}`;
    const { $ref } = found.message.payload;
    const validate = this.#validators.get($ref) ?? this.#ajv.compile({ $ref: `events${$ref}` });
    this.#validators.set($ref, validate);
    return validate(event) ? undefined : this.#ajv.errorsText(validate.errors, { dataVar: event.event_type });
  }

  #channels(): { pattern: RegExp; message: Json }[] {
    return Object.values<Json>(this.#document.channels)
      .filter(({ servers }) => servers?.[0]?.$ref === '#/servers/nats')
      .map(({ address, messages }) => ({
        pattern: new RegExp(`^${address.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^.]+')}$`),
        message: this.#document.components.messages[Object.keys(messages)[0] ?? ''],
      }));
  }
}

export type Heard = { subject: string; event: Json };

/** Everything that is published about a workspace from now on. */
export async function hearEvents(product: Product, workspaceId: string): Promise<AsyncDisposable & { heard: Heard[] }> {
  const connection = await connect(serverOptions(product.natsUrl));
  const heard: Heard[] = [];
  connection.subscribe(`*.*.*.${workspaceId}.*`, {
    callback: (_error, message) => {
      heard.push({ subject: message.subject, event: message.json() });
    },
  });
  await connection.flush();
  return { heard, [Symbol.asyncDispose]: () => connection.close() };
}

function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  return copy['type'] === 'object' && 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
}
