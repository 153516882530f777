import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectBus } from '@baton/bus/connect.ts';
import { publish } from '@baton/bus/publish.ts';
import { inboundSubject } from '@baton/contracts/subjects.ts';
import type { Target } from '../targets/target.ts';

/** Long enough that a reader that does not read is cut off, and comes back, several times a minute. */
const readerReturnsEveryMs = 10_000;
const poisonEveryMs = 5_000;

/**
 * Who else uses the product while it is measured: a webhook endpoint for every message that comes in, and a reader of the workspace's stream. In good manners
 * both do as they should; in bad ones the endpoint never answers, the reader never reads, and a message that nobody can decode lies in INBOUND every five seconds.
 */
export class Company implements AsyncDisposable {
  readonly #natsUrl: string;
  readonly #api: NonNullable<Target['api']>;
  readonly #server = createServer((req, res) => {
    req.resume();
    if (req.url === '/good') req.on('end', () => res.end());
  });
  readonly #endpoints = new Map<'good' | 'bad', string>();
  #leave: (() => Promise<void>) | undefined;

  private constructor(natsUrl: string, api: NonNullable<Target['api']>) {
    this.#natsUrl = natsUrl;
    this.#api = api;
  }

  static async join({ natsUrl, api }: Target): Promise<Company> {
    if (!api) throw new Error('The floor has no API: nobody can keep it company.');
    const company = new Company(natsUrl, api);
    company.#server.listen(0, '127.0.0.1');
    await once(company.#server, 'listening');
    const { port } = company.#server.address() as AddressInfo;
    for (const manners of ['good', 'bad'] as const) {
      const body = { url: `http://127.0.0.1:${port}/${manners}`, event_types: ['message.received'], timeout_ms: 5_000 };
      const made = await company.#call('POST', '/v1/webhooks', body);
      const id = String(made['webhook_endpoint_id']);
      company.#endpoints.set(manners, id);
      await company.#call('PATCH', `/v1/webhooks/${id}`, { enabled: false });
    }
    return company;
  }

  /** From now on. */
  async behave(manners: 'good' | 'bad'): Promise<void> {
    await this.#leave?.();
    await using entered = new AsyncDisposableStack();
    await this.#enable(manners, true);
    entered.defer(() => this.#enable(manners, false));
    let reader = this.#read(manners);
    const comeBack = setInterval(() => {
      reader.destroy();
      reader = this.#read(manners);
    }, readerReturnsEveryMs);
    entered.defer(() => {
      clearInterval(comeBack);
      reader.destroy();
    });
    if (manners === 'bad') await this.#poison(entered);
    const moved = entered.move();
    this.#leave = () => moved.disposeAsync();
  }

  async #poison(stage: AsyncDisposableStack): Promise<void> {
    const bus = stage.use(await connectBus({ url: this.#natsUrl, name: 'bench-poison' }));
    const subject = inboundSubject('message', 0, { workspaceId: 'acc_nobody', channelAccountId: 'chn_nobody' });
    const one = (): void => {
      const id = `poison-${randomUUID()}`;
      void publish(bus, { subject, id, data: '{"version":999,"messages":' }).catch(() => undefined);
    };
    const timer = setInterval(one, poisonEveryMs);
    stage.defer(() => clearInterval(timer));
  }

  #read(manners: 'good' | 'bad'): ClientRequest {
    const { url, key } = this.#api;
    const request = get(`${url}/v1/stream`, { headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream' } });
    request.on('response', (response) => {
      response.on('error', () => undefined);
      if (manners === 'good') response.resume();
    });
    request.on('error', () => undefined);
    return request;
  }

  async #enable(manners: 'good' | 'bad', enabled: boolean): Promise<void> {
    await this.#call('PATCH', `/v1/webhooks/${this.#endpoints.get(manners)}`, { enabled });
  }

  async #call(method: string, route: string, body: unknown): Promise<Record<string, unknown>> {
    const { url, key } = this.#api;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const response = await fetch(url + route, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${route} was answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
    return (await response.json()) as Record<string, unknown>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave?.();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
