import { publish } from '@baton/bus/publish.ts';
import type { EventType } from '@baton/contracts/events.ts';
import { Endpoint, type EndpointWithSecret, WebhookServiceClient } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { newId } from '@baton/contracts/ids.ts';
import { againHeader, eventSubject } from '@baton/contracts/subjects.ts';
import { createClient, type RpcClient } from '@baton/rpc/client.ts';
import { type FakeSubscriber, startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import type { Config } from '../src/config.ts';
import type { Service } from '../src/service.ts';
import { type Harness, startHarness, webhookSettings } from './harness.ts';
import { startTurnServiceDouble, type TurnServiceDouble, token } from './turn-service-double.ts';

/** One dispatcher with its webhook service, and what a test of webhooks does with it. */
export interface WebhookBench extends AsyncDisposable {
  harness: Harness;
  service: Service;
  client: RpcClient<WebhookServiceClient>;
  /** Another instance beside the first. */
  another(settings?: Partial<Config['webhooks']>): Promise<Service>;
  clientOf(service: Service): RpcClient<WebhookServiceClient>;
  /** Of the conversation-state that stands in for the real one. */
  stateAddress: string;
}

export async function startWebhookBench(settings: Partial<Config['webhooks']> = {}, config: Partial<Config> = {}): Promise<WebhookBench> {
  const open = new AsyncDisposableStack();
  const harness = open.use(await startHarness());
  const state: TurnServiceDouble = open.use(await startTurnServiceDouble());
  await harness.putAgent('agt_none', { kind: 'none' });
  const another: WebhookBench['another'] = (more = {}) =>
    harness.dispatcher({
      conversationStateAddress: state.address,
      ...config,
      webhooks: { ...webhookSettings, ...settings, ...more },
    });
  const clientOf: WebhookBench['clientOf'] = (one) => createClient(WebhookServiceClient, { address: `127.0.0.1:${one.port}`, token });
  const service = await another();
  const client = clientOf(service);
  return {
    harness,
    service,
    client,
    another,
    clientOf,
    stateAddress: state.address,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await service[Symbol.asyncDispose]();
      await open.disposeAsync();
    },
  };
}

/** A workspace of its own with subscribers: what one test needs. */
export class Tenant implements AsyncDisposable {
  readonly workspaceId = newId('workspace');
  readonly agentId = newId('agent');
  readonly #bench: WebhookBench;
  readonly #open = new AsyncDisposableStack();
  readonly #sequences = new Map<string, number>();

  constructor(bench: WebhookBench) {
    this.#bench = bench;
  }

  context(commandId = '') {
    return { workspaceId: this.workspaceId, actor: { kind: 'api_key', id: 'key_test' }, commandId };
  }

  create(
    endpoint: Parameters<typeof Endpoint.fromPartial>[0],
    more: { secret?: string; commandId?: string } = {},
  ): Promise<EndpointWithSecret> {
    const request = { context: this.context(more.commandId), endpoint: Endpoint.fromPartial(endpoint), secret: more.secret ?? '' };
    return this.#bench.client.createEndpoint(request);
  }

  /** A subscriber that has an endpoint. */
  async subscriber(
    endpoint: Parameters<typeof Endpoint.fromPartial>[0] = {},
  ): Promise<FakeSubscriber & { endpointId: string; secret: string }> {
    const fake = this.#open.use(await startFakeSubscriber());
    const made = await this.create({ url: fake.url, ...endpoint });
    return Object.assign(fake, { endpointId: made.endpoint!.endpointId, secret: made.secret });
  }

  update(endpointId: string, endpoint: Parameters<typeof Endpoint.fromPartial>[0], fields: string[]): Promise<Endpoint> {
    return this.#bench.client.updateEndpoint({ context: this.context(), endpointId, fields, endpoint: Endpoint.fromPartial(endpoint) });
  }

  /** Publishes the conversation's next event as conversation-state's outbox would (`again`: one of then, into a new stream); answers its id. */
  async event(conversationId: string, o: { type?: EventType; agentId?: string; payload?: object; again?: Date } = {}): Promise<string> {
    const sequence = (this.#sequences.get(conversationId) ?? 0) + 1;
    this.#sequences.set(conversationId, sequence);
    const type = o.type ?? 'message.sent';
    const event = {
      event_id: newId('event'),
      event_type: type,
      workspace_id: this.workspaceId,
      agent_id: o.agentId ?? this.agentId,
      channel: 'sms',
      conversation_id: conversationId,
      sequence,
      timestamp: (o.again ?? new Date()).toISOString(),
      payload: o.payload ?? { text: `message ${sequence}` },
    };
    const subject = eventSubject(type, 0, { workspaceId: this.workspaceId, conversationId });
    await publish(this.#bench.harness.bus, {
      subject,
      id: event.event_id,
      data: JSON.stringify(event),
      ...(o.again && { headers: { [againHeader]: '1' } }),
    });
    return event.event_id;
  }

  async events(conversationId: string, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push(await this.event(conversationId));
    return ids;
  }

  deliveries(filter: { endpointId?: string; status?: string; eventType?: string } = {}) {
    return this.#bench.client
      .listDeliveries({
        workspaceId: this.workspaceId,
        pageSize: 250,
        cursor: '',
        endpointId: undefined,
        status: undefined,
        eventType: undefined,
        ...filter,
      })
      .then((answer) => answer.deliveries);
  }

  delivery(deliveryId: string) {
    return this.#bench.client.getDelivery({ workspaceId: this.workspaceId, deliveryId });
  }

  /** Its endpoints are gone too: retries of one test must not run beside the next. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { endpoints } = await this.#bench.client.listEndpoints({ workspaceId: this.workspaceId, pageSize: 250, cursor: '' });
    for (const { endpointId } of endpoints) await this.#bench.client.deleteEndpoint({ context: this.context(), endpointId });
    await this.#open.disposeAsync();
  }
}
