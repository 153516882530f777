import { eventually } from '@baton/testkit/eventually.ts';
import { type AiCall, type FakeAi, startFakeAi } from '@baton/testkit/fake-ai.ts';
import { type FakeProvider, type ProviderAnswer, startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { expect } from 'vitest';
import type { Json } from './api.ts';
import { type Database, openDatabase } from './database.ts';
import { closedGate, type Gate } from './gate.ts';
import type { Product } from './product.ts';
import { deliver, signedByTwilio } from './webhooks.ts';
import { type Account, freshNumber, makeWorkspace, type Workspace } from './workspace.ts';

const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const twilio = { account_sid: `AC${'f'.repeat(32)}`, auth_token: '0123456789abcdef0123456789abcdef' };

/** One customer's conversation. */
export type Thread = { workspace: Workspace; address: string; id: string; path: string; says(text: string): Promise<void> };

/**
 * A customer, an AI backend and a provider, each to be told what to do. The provider is Twilio's: it takes no idempotency key, so each of its
 * calls is one more message on the customer's phone.
 */
export class Stage implements AsyncDisposable {
  readonly ai: FakeAi;
  readonly provider: FakeProvider;
  readonly #product: Product;
  readonly #database: Database;
  readonly #accounts = new Map<Workspace, Account>();

  private constructor(o: { product: Product; ai: FakeAi; provider: FakeProvider }) {
    this.ai = o.ai;
    this.provider = o.provider;
    this.#product = o.product;
    this.#database = openDatabase(o.product);
  }

  static async open(product: Product): Promise<Stage> {
    return new Stage({ product, ai: await startFakeAi({ secret }), provider: await startFakeProvider({ twilio }) });
  }

  async workspace(o: { timeoutMs: number; fallbackText?: string }): Promise<Workspace> {
    const made = await makeWorkspace(this.#product, {
      backend: { kind: 'webhook', url: this.ai.url, secret, timeout_ms: o.timeoutMs },
      fallback_text: o.fallbackText ?? null,
    });
    const credentials = { ...twilio, api_base: this.provider.url };
    this.#accounts.set(made, await made.addChannel({ provider: 'twilio', channel: 'sms', address: '+12025550171', credentials }));
    return made;
  }

  /** A new customer writes. */
  async writes(workspace: Workspace, text: string): Promise<Thread> {
    const address = freshNumber();
    const account = this.#accounts.get(workspace);
    const says: Thread['says'] = async (body) => {
      const sid = `SM${crypto.randomUUID().replaceAll('-', '')}`;
      const form = { MessageSid: sid, From: address, To: account?.address ?? '', Body: body, NumMedia: '0' };
      expect((await deliver(signedByTwilio(twilio.auth_token, account?.webhook_url ?? '', form))).status).toBe(200);
    };
    await says(text);
    const row = await eventually(() => workspace.conversationOf(address));
    return { workspace, address, id: row.conversation_id, path: `/v1/conversations/${row.conversation_id}`, says };
  }

  /** A new customer writes, and has been answered. */
  async answered(workspace: Workspace, text: string): Promise<Thread> {
    const thread = await this.writes(workspace, text);
    await this.expectHeard(thread, [`You said: ${text}`]);
    return thread;
  }

  /** The AI call of a turn whose newest message is this. */
  async callFor(thread: Thread, text: string): Promise<AiCall> {
    const call = await eventually(
      () => this.ai.calls.find(({ turn }) => turn.conversation_id === thread.id && turn.messages.at(-1)?.text === text),
      Boolean,
      { what: `the AI call for "${text}"` },
    );
    if (!call) throw new Error('unreachable');
    expect(call.signed).toBe(true);
    return call;
  }

  /** From now on the provider takes these on but does not answer until the gate opens. */
  holdSends(held: (text: string) => boolean): Gate {
    const gate = closedGate();
    this.provider.respond(async ({ text }): Promise<ProviderAnswer> => {
      if (held(text)) await gate.opened;
      return 'accept';
    });
    return gate;
  }

  async calledWith(thread: Thread, text: string): Promise<void> {
    await eventually(() => this.provider.calls.some((call) => call.to === thread.address && call.text === text), Boolean, {
      what: `the send of "${text}"`,
    });
  }

  /** Newest first. */
  async dispatches(thread: Thread): Promise<Json[]> {
    return (await thread.workspace.must('GET', `${thread.path}/dispatches`)).dispatches;
  }

  /** The newest dispatch, which is the nth, once it is neither pending nor in flight. */
  async settled(thread: Thread, nth: number): Promise<Json> {
    const rows = await eventually(
      () => this.dispatches(thread),
      (found) => found.length === nth && found[0].outcome !== 'pending' && found[0].outcome !== 'in_flight',
      { timeoutMs: 20_000, what: 'the end of the turn' },
    );
    return rows[0];
  }

  /** The 202 has been committed: from here on the dispatcher holds nothing of the turn. */
  async deferred(thread: Thread): Promise<void> {
    const sql = "select 1 from conversation.dispatch where conversation_id = $1 and outcome = 'in_flight' and deferred";
    await eventually(
      () => this.#database.rows(sql, [thread.id]),
      (found) => found.length === 1,
    );
  }

  /** Everything that the provider was asked to send to this customer, in order. */
  async expectHeard(thread: Thread, texts: string[]): Promise<void> {
    const heard = (): string[] => this.provider.calls.filter(({ to }) => to === thread.address).map(({ text }) => text);
    await eventually(heard, (found) => found.length >= texts.length, { what: `${texts.length} messages to the customer` });
    expect(heard()).toEqual(texts);
  }

  /** Nothing else was sent, and nothing else can be: a message from a person goes out last, and all before it stands as it will stay. */
  async expectOnlyHeard(thread: Thread, texts: string[]): Promise<void> {
    await thread.workspace.must('POST', `${thread.path}/messages`, { body: 'The last word' });
    await this.expectHeard(thread, [...texts, 'The last word']);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ai[Symbol.asyncDispose]();
    await this.provider[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }
}
