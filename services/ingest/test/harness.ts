import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bus, connectBus } from '@baton/bus/connect.ts';
import type { DirectoryChannelAccount } from '@baton/contracts/directory.ts';
import { newId } from '@baton/contracts/ids.ts';
import { directoryBucket, directoryFilledKey, directoryKey } from '@baton/contracts/subjects.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { type OpenNats, openNats } from '@baton/testkit/servers.ts';
import { Kvm } from '@nats-io/kv';
import { Pool } from 'undici';
import { type Config, loadConfig } from '../src/config.ts';
import { type IngestService, startService } from '../src/service.ts';

export const secretKeys = `k1:${Buffer.alloc(32, 7).toString('base64')}`;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json(): Record<string, unknown>;
}

export interface Stored {
  subject: string;
  id: string;
  body: Record<string, unknown>;
}

/** A nats-server of this file's own; `start` brings up ingest on it, as often as a test likes. */
export class Harness implements AsyncDisposable {
  readonly #dir: string;
  readonly nats: OpenNats;
  readonly bus: Bus;
  readonly #open: AsyncDisposable[] = [];

  private constructor(dir: string, nats: OpenNats, bus: Bus) {
    this.#dir = dir;
    this.nats = nats;
    this.bus = bus;
  }

  static async create(): Promise<Harness> {
    const dir = await mkdtemp(path.join(tmpdir(), 'baton-ingest-'));
    const nats = await openNats(dir, '2m');
    return new Harness(dir, nats, await connectBus({ url: nats.url, name: 'test' }));
  }

  async start(env: Record<string, string> = {}, o: { logger?: Logger; waitReady?: boolean } = {}): Promise<Running> {
    const config: Config = loadConfig({
      BATON_INGEST_PORT: '0',
      BATON_NATS_URL: this.nats.url,
      BATON_INGEST_URL: 'https://in.example.com',
      BATON_SECRET_KEYS: secretKeys,
      BATON_SERVICE_TOKEN: 'service-token',
      BATON_SIMULATOR: '1',
      BATON_SIMULATOR_DELIVERED_MS: '0',
      BATON_SIMULATOR_READ_MS: '20',
      BATON_LOG_LEVEL: 'silent',
      ...env,
    });
    const running = new Running(await startService(config, o));
    this.#open.push(running);
    if (o.waitReady !== false) await eventually(async () => (await running.get('/readyz')).status === 200);
    return running;
  }

  /** Makes the bucket that conversation-state makes in the product. */
  async makeDirectory(): Promise<void> {
    const bucket = await new Kvm(this.bus.js).create(directoryBucket, { history: 1 });
    await bucket.put(directoryFilledKey, '');
  }

  /** Puts an account into the directory, as conversation-state does; resolves with its id. */
  async account(
    entry: Partial<Omit<DirectoryChannelAccount, 'credentials'>> & { credentials?: Record<string, unknown> } = {},
  ): Promise<string> {
    const id = entry.channel_account_id ?? newId('channelAccount');
    const value: DirectoryChannelAccount = {
      workspace_id: 'acc_01hzzzzzzzzzzzzzzzzzzzzzzz',
      provider: 'http',
      channel: 'sms',
      address: '+15550100',
      agent_id: 'agt_01hzzzzzzzzzzzzzzzzzzzzzzz',
      enabled: true,
      ...entry,
      channel_account_id: id,
      credentials: entry.credentials ? new SecretBox([secretKeys]).seal(JSON.stringify(entry.credentials), `channel_account:${id}`) : null,
    };
    const bucket = await new Kvm(this.bus.js).open(directoryBucket);
    await bucket.put(directoryKey('channel_account', id), JSON.stringify(value));
    return id;
  }

  async deleteAccount(id: string): Promise<void> {
    const bucket = await new Kvm(this.bus.js).open(directoryBucket);
    await bucket.delete(directoryKey('channel_account', id));
  }

  /** How many messages and receipts of an account JetStream has kept. */
  async count(channelAccountId: string): Promise<number> {
    const info = await this.bus.jsm.streams.info('INBOUND', { subjects_filter: `inbound.*.*.*.${channelAccountId}` });
    return Object.values(info.state.subjects ?? {}).reduce((sum, one) => sum + one, 0);
  }

  /** What JetStream has kept of an account, in the order of the stream. */
  async stored(channelAccountId: string): Promise<Stored[]> {
    const found: Stored[] = [];
    const { state } = await this.bus.jsm.streams.info('INBOUND');
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const message = await this.bus.jsm.streams.getMessage('INBOUND', { seq });
      if (!message?.subject.endsWith(`.${channelAccountId}`)) continue;
      found.push({ subject: message.subject, id: message.header.get('Nats-Msg-Id'), body: message.json() });
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#open.reverse()) await one[Symbol.asyncDispose]();
    await this.bus[Symbol.asyncDispose]();
    await this.nats.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** One running ingest and a client of it. */
export class Running implements AsyncDisposable {
  readonly #service: IngestService;
  readonly #pool: Pool;
  #disposed: Promise<void> | undefined;

  constructor(service: IngestService) {
    this.#service = service;
    this.#pool = new Pool(`http://127.0.0.1:${service.port}`, { connections: 32 });
  }

  get port(): number {
    return this.#service.port;
  }

  get(target: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', target, headers);
  }

  post(target: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', target, { 'content-type': 'application/json', ...headers }, body);
  }

  async send(
    method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS',
    target: string,
    headers: Record<string, string>,
    body?: string | Buffer,
  ): Promise<Answer> {
    const answer = await this.#pool.request({ method, path: target, headers, body: body ?? null });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#stop();
    await this.#disposed;
  }

  async #stop(): Promise<void> {
    await this.#service[Symbol.asyncDispose]();
    await this.#pool.destroy();
  }
}
