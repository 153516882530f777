import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { type Answer, call, type Json } from '../api.ts';
import type { Product } from '../product.ts';
import { normalise } from './normalise.ts';
import { inOrder, sampleRequest } from './sample.ts';

/** Where the gateway finds the examples that it publishes. */
const folder = path.resolve(import.meta.dirname, '../../../services/gateway/src/gen/examples');

export interface Asked {
  path?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  /** null: none, as whoever signs in. */
  key?: string | null;
}

interface Operation {
  method: string;
  path: string;
  operation: Json;
}

/** Makes requests by the name of the operation and holds each answer to the example that is committed; `npm run examples` writes those anew. */
export class Captor {
  readonly #product: Product;
  readonly #document: Json;
  readonly #captured = new Set<string>();
  /** The fields of all answers so far, as they were last. */
  readonly #seen = new Map<string, string>();
  readonly #hosts: Record<string, string> = {};
  #key: string;

  private constructor(product: Product, document: Json) {
    this.#product = product;
    this.#document = document;
    this.#key = product.partnerKey;
  }

  static async open(product: Product): Promise<Captor> {
    const { body } = await call('GET', `${product.gatewayUrls[0]}/openapi.json`);
    return new Captor(product, body);
  }

  /** From now on requests are made with this key. */
  useKey(key: string): void {
    this.#key = key;
  }

  /** An address of this run that is shown as another. */
  show(host: string, as: string): void {
    this.#hosts[host] = as;
  }

  /** The operations that no step has asked for. */
  get unasked(): string[] {
    return this.#answering()
      .map(({ operation }) => operation.operationId)
      .filter((name) => !this.#captured.has(name));
  }

  /** Examples of operations that are gone. */
  get left(): string[] {
    const known = this.#answering().map(({ operation }) => operation.operationId);
    return this.files.filter((file) => !known.includes(file.split('.')[0]));
  }

  get files(): string[] {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => path.basename(file, '.json'));
  }

  /** The answer, which must be a 2xx, and becomes the example of the operation, or of one of its media types that is not JSON. */
  async capture(operationId: string, asked: Asked = {}, mediaType?: string): Promise<Json> {
    const answer = await this.ask(operationId, asked);
    if (answer.status > 299) throw new Error(`${operationId} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    const { key: _, ...request } = asked;
    const shown = { request, status: answer.status, answer: answer.body === '' ? null : answer.body };
    if (mediaType !== undefined) {
      await this.#hold(`${operationId}.${mediaType.replace('/', '-')}`, { ...shown, media_type: mediaType });
      return answer.body;
    }
    this.#captured.add(operationId);
    await this.#hold(operationId, shown);
    return answer.body;
  }

  /** Asks for what no step asks for, as the document shows it; returns what was refused. Such an example is written, but no later run compares it. */
  async captureUnasked(): Promise<string[]> {
    const refused: string[] = [];
    for (const { operation } of inOrder(this.#answering())) {
      const name = operation.operationId;
      if (this.#captured.has(name)) continue;
      const asked = sampleRequest(this.#document, operation, this.#seen);
      await this.capture(name, asked).catch((error: Error) => refused.push(error.message));
    }
    return refused;
  }

  /** A refusal, which becomes the example of its code. */
  async captureProblem(operationId: string, asked: Asked = {}): Promise<Json> {
    const { status, body } = await this.ask(operationId, asked);
    expect(body, `${operationId} answered ${status}`).toHaveProperty('code');
    await this.#hold(`problems/${body.code}`, body);
    return body;
  }

  async ask(operationId: string, asked: Asked): Promise<Answer> {
    const found = this.#all().find(({ operation }) => operation.operationId === operationId);
    if (!found) throw new Error(`There is no operation ${operationId}.`);
    const filled = found.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asked.path?.[name] ?? `{${name}}`));
    const query = new URLSearchParams(asked.query).toString();
    const answer = await call(found.method.toUpperCase(), `${this.#product.gatewayUrls[0]}${filled}${query && `?${query}`}`, {
      ...(asked.key !== null && { key: asked.key ?? this.#key }),
      ...(asked.headers && { headers: asked.headers }),
      ...(asked.body !== undefined && { body: asked.body }),
    });
    if (answer.status < 300) this.#see(answer.body);
    return answer;
  }

  #see(value: Json): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, one] of Object.entries(value)) typeof one === 'string' ? this.#seen.set(name, one) : this.#see(one);
  }

  /** The operations that have one answer in words, or none at all: not streams, nor the bytes of any file, nor what only sends a browser on. */
  #answering(): Operation[] {
    const answers = ({ responses }: Json) => Object.keys(responses).some((status) => status.startsWith('2'));
    return this.#all().filter(
      ({ operation }) => answers(operation) && !answersIn(operation, 'text/event-stream') && !answersIn(operation, '*/*'),
    );
  }

  #all(): Operation[] {
    return Object.entries(this.#document.paths as Json).flatMap(([at, item]) =>
      Object.entries(item as Json).map(([method, operation]) => ({ method, path: at, operation: operation as Json })),
    );
  }

  async #hold(name: string, example: Json): Promise<void> {
    const hosts = {
      ...this.#hosts,
      [this.#product.gatewayUrls[0] ?? '']: 'http://127.0.0.1:4000',
      [this.#product.ingestUrls[0] ?? '']: 'http://127.0.0.1:4001',
    };
    const text = `${JSON.stringify(normalise(example, hosts), null, 2)}\n`;
    await expect.soft(text, name).toMatchFileSnapshot(path.join(folder, `${name}.json`));
  }
}

function answersIn(operation: Json, mediaType: string): boolean {
  return Object.values(operation.responses as Json).some((answer) => mediaType in ((answer as Json).content ?? {}));
}
