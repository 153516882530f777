import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '@baton/testkit/eventually.ts';
import { type Database, openDatabase } from '../database.ts';
import type { Product } from '../product.ts';
import { makeWorkspace, type Workspace } from '../workspace.ts';

/** What a subscriber does with every request. */
export type Manner = 'good' | 'hangs' | 'fails' | 'breaks off' | 'redirects inside';

export type Arrival = { eventId: string; conversationId: string; sequence: number; webhookId: string; latencyMs: number };

export type Subscriber = { manner: Manner; endpointId: string; arrivals: Arrival[] };

export const badManners: Manner[] = ['hangs', 'fails', 'breaks off', 'redirects inside'];

/** Of a hanging subscriber: short, so that it fails again and again while the others are measured. */
const timeoutMs = 1000;

/** A workspace whose events go to many subscribers, some of which behave badly. */
export class WebhookCrowd implements AsyncDisposable {
  readonly subscribers: Subscriber[] = [];
  readonly #workspace: Workspace;
  readonly #database: Database;
  readonly #server = createServer((req, res) => void this.#serve(req, res));
  #requestsInside = 0;

  private constructor(workspace: Workspace, database: Database) {
    this.#workspace = workspace;
    this.#database = database;
  }

  static async open(product: Product, manners: Manner[]): Promise<WebhookCrowd> {
    const workspace = await makeWorkspace(product, { backend: { kind: 'none' } });
    const crowd = new WebhookCrowd(workspace, openDatabase(product));
    crowd.#server.listen(0, '127.0.0.1');
    await once(crowd.#server, 'listening');
    const { port } = crowd.#server.address() as AddressInfo;
    for (const [index, manner] of manners.entries()) {
      const body = { url: `http://127.0.0.1:${port}/${index}`, timeout_ms: manner === 'hangs' ? timeoutMs : 15_000 };
      const { webhook_endpoint_id: endpointId } = await workspace.must('POST', '/v1/webhooks', body);
      crowd.subscribers.push({ manner, endpointId, arrivals: [] });
    }
    return crowd;
  }

  /** Requests that came to where no subscriber lives: a redirect was followed. */
  get requestsInside(): number {
    return this.#requestsInside;
  }

  get good(): Subscriber[] {
    return this.subscribers.filter(({ manner }) => manner === 'good');
  }

  /** So many customers write so many messages each, at an even pace; returns when every good subscriber has every event. */
  async write(o: { customers: number; each: number; perSecond: number }): Promise<string[]> {
    const account = await this.#workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550199' });
    const customers = Array.from({ length: o.customers }, () => this.#workspace.customer(account));
    const said: Promise<unknown>[] = [];
    const began = performance.now();
    for (let n = 0; n < o.each * o.customers; n++) {
      await delay(Math.max(0, began + (n * 1000) / o.perSecond - performance.now()));
      said.push(customers[n % o.customers]!.says(`message ${n}`));
    }
    await Promise.all(said);
    const published = () =>
      this.#database.rows('select event_id, event_type from conversation.event where workspace_id = $1 and sequence > 0', [
        this.#workspace.workspaceId,
      ]);
    const events = await eventually(
      published,
      (rows) => rows.filter((row) => row.event_type === 'message.received').length === o.each * o.customers,
      {
        timeoutMs: 60_000,
        what: 'every message to be received',
      },
    );
    await eventually(
      async () => {
        const { length } = await published();
        return this.good.every(({ arrivals }) => new Set(arrivals.map(({ eventId }) => eventId)).size === length);
      },
      Boolean,
      { timeoutMs: 60_000, everyMs: 100, what: 'every good subscriber to have every event' },
    );
    return events.map((row) => row.event_id);
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const at = Date.now();
    const subscriber = this.subscribers[Number(req.url?.slice(1))];
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (!subscriber) {
      this.#requestsInside++;
      res.writeHead(404).end();
      return;
    }
    const event = JSON.parse(Buffer.concat(chunks).toString());
    subscriber.arrivals.push({
      eventId: event.event_id,
      conversationId: event.conversation_id,
      sequence: event.sequence,
      webhookId: String(req.headers['webhook-id']),
      latencyMs: at - Date.parse(event.timestamp),
    });
    this.#answer(subscriber.manner, res);
  }

  #answer(manner: Manner, res: ServerResponse): void {
    switch (manner) {
      case 'good':
        res.writeHead(204).end();
        return;
      case 'hangs':
        return;
      case 'fails':
        res.writeHead(500).end('{"error":"always"}');
        return;
      case 'breaks off':
        res.writeHead(200, { 'content-length': 1000 });
        res.write('half of it', () => res.destroy());
        return;
      case 'redirects inside':
        res.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
        return;
      default:
        manner satisfies never;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { endpointId } of this.subscribers) await this.#workspace.call('DELETE', `/v1/webhooks/${endpointId}`);
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#database[Symbol.asyncDispose]();
  }
}
