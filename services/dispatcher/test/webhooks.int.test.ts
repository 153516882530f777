import { newId } from '@baton/contracts/ids.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { isSignedWith } from '@baton/testkit/fake-subscriber.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebhookBench, Tenant, type WebhookBench } from './webhook-bench.ts';

let bench: WebhookBench;
beforeAll(async () => {
  bench = await startWebhookBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const delivered = (tenant: Tenant, count: number) =>
  eventually(
    () => tenant.deliveries({ status: 'delivered' }),
    (rows) => rows.length === count,
    { what: `${count} deliveries` },
  );

describe('a webhook', () => {
  it('carries the event as it was published, under headers that the official package verifies', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    const conversationId = newId('conversation');
    const eventId = await tenant.event(conversationId, { payload: { text: 'Grüße 🍕 \u0000' } });
    const [one] = await subscriber.count(1);
    expect(one!.event).toMatchObject({
      event_id: eventId,
      conversation_id: conversationId,
      sequence: 1,
      payload: { text: 'Grüße 🍕 \u0000' },
    });
    expect(isSignedWith(subscriber.secret, one!)).toBe(true);
    const [delivery] = await delivered(tenant, 1);
    expect(one!.headers['webhook-id']).toBe(delivery!.deliveryId);
    expect(delivery).toMatchObject({ eventId, attempts: 1, lastStatus: 200, replays: 0, endpointId: subscriber.endpointId });
  });

  it('goes to those alone who asked for its type and agent, and to no other workspace', async () => {
    await using tenant = new Tenant(bench);
    await using stranger = new Tenant(bench);
    const all = await tenant.subscriber();
    const byType = await tenant.subscriber({ eventTypes: ['message.read'] });
    const byAgent = await tenant.subscriber({ agentIds: [tenant.agentId] });
    const elsewhere = await stranger.subscriber();
    const conversationId = newId('conversation');
    await tenant.event(conversationId);
    await tenant.event(conversationId, { type: 'message.read' });
    await tenant.event(conversationId, { type: 'message.failed', agentId: newId('agent') });
    await tenant.event(conversationId, { type: 'send.ready' });
    await stranger.event(newId('conversation'));
    await all.count(3);
    await byAgent.count(2);
    await elsewhere.count(1);
    await delivered(tenant, 6);
    expect(all.received.map(({ event }) => event.event_type)).toEqual(['message.sent', 'message.read', 'message.failed']);
    expect(byType.received.map(({ event }) => event.event_type)).toEqual(['message.read']);
    expect(byAgent.received.map(({ event }) => event.event_type)).toEqual(['message.sent', 'message.read']);
    expect(elsewhere.received).toHaveLength(1);
  });

  it('that failed keeps the later ones of its conversation waiting, under the same id, and no other conversation', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    const [stuck, free] = [newId('conversation'), newId('conversation')];
    let failures = 0;
    subscriber.respond(({ event }) => (event.conversation_id === stuck && event.sequence === 1 && ++failures <= 2 ? { status: 503 } : {}));
    await tenant.events(stuck, 3);
    await tenant.events(free, 3);
    await delivered(tenant, 6);
    const of = (id: string) => subscriber.received.filter(({ event }) => event.conversation_id === id);
    expect(of(stuck).map(({ event }) => event.sequence)).toEqual([1, 1, 1, 2, 3]);
    expect(
      new Set(
        of(stuck)
          .slice(0, 3)
          .map(({ headers }) => headers['webhook-id']),
      ).size,
    ).toBe(1);
    expect(of(free).map(({ event }) => event.sequence)).toEqual([1, 2, 3]);
  });

  it('that nobody took after all attempts is dead, is seen with every attempt, and lets the next one go', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    subscriber.respond(({ event }) => (event.sequence === 1 ? { status: 500, json: { why: 'broken' } } : {}));
    await tenant.events(newId('conversation'), 2);
    const [dead] = await eventually(
      () => tenant.deliveries({ status: 'dead' }),
      (rows) => rows.length === 1,
    );
    await delivered(tenant, 1);
    expect(dead).toMatchObject({ attempts: 3, lastStatus: 500, lastError: 'answered 500' });
    const { attempts, body } = await tenant.delivery(dead!.deliveryId);
    expect(attempts.map(({ number, status, answer }) => [number, status, answer])).toEqual(
      [3, 2, 1].map((n) => [n, 500, '{"why":"broken"}']),
    );
    expect(JSON.parse(body).sequence).toBe(1);
    expect(attempts[0]).toMatchObject({ url: subscriber.url, error: 'answered 500' });
    expect(
      (await bench.client.getEndpoint({ workspaceId: tenant.workspaceId, endpointId: subscriber.endpointId })).failingSince,
    ).toBeUndefined();
  });

  it('waits as long as Retry-After says', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    subscriber.respond((_, nth) => (nth === 1 ? { status: 429, headers: { 'retry-after': '3600' } } : {}));
    await tenant.event(newId('conversation'));
    const [waiting] = await eventually(
      () => tenant.deliveries({ status: 'pending' }),
      (rows) => rows[0]?.attempts === 1,
    );
    expect(waiting!.nextAttemptAt!.getTime() - Date.now()).toBeGreaterThan(3_000_000);
  });

  it('whose answer has no end is cut off, kept in part, and counts by its status', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    subscriber.respond({ json: 'x'.repeat(1_000_000) });
    await tenant.event(newId('conversation'));
    const [one] = await delivered(tenant, 1);
    const { attempts } = await tenant.delivery(one!.deliveryId);
    expect(attempts[0]!.answer).toHaveLength(4096);
  });

  it('that is answered with a redirect is not sent anywhere else', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    const inner = await tenant.subscriber({ eventTypes: ['message.failed'] });
    subscriber.respond((_, nth) => (nth === 1 ? { status: 307, headers: { location: inner.url } } : {}));
    await tenant.event(newId('conversation'));
    const [one] = await delivered(tenant, 1);
    const { attempts } = await tenant.delivery(one!.deliveryId);
    expect(attempts.map(({ error }) => error)).toEqual(['', 'answered 307: redirects are not followed']);
    expect(inner.received).toEqual([]);
  });

  it('that is not answered in time, or cut off, is tried again', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber({ timeoutMs: 1000 });
    subscriber.respond((_, nth) => (nth === 1 ? 'hang' : nth === 2 ? 'reset' : {}));
    await tenant.event(newId('conversation'));
    const [one] = await delivered(tenant, 1);
    const { attempts } = await tenant.delivery(one!.deliveryId);
    expect(attempts.map(({ error }) => error)).toEqual(['', 'ECONNRESET', 'no whole answer within 1000 ms']);
  });
});

describe('an endpoint', () => {
  it('shows its secret once, takes one of the caller, and none that is weak', async () => {
    await using tenant = new Tenant(bench);
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
    const made = await tenant.create({ url: 'https://example.com/hook' }, { secret });
    expect(made.secret).toBe(secret);
    const shown = await bench.client.getEndpoint({ workspaceId: tenant.workspaceId, endpointId: made.endpoint!.endpointId });
    expect(JSON.stringify(shown)).not.toContain('whsec_');
    expect(shown).toMatchObject({ enabled: true, timeoutMs: 15_000, eventTypes: [], agentIds: [], url: 'https://example.com/hook' });
    await expect(tenant.create({ url: 'https://example.com/' }, { secret: 'whsec_c2hvcnQ=' })).rejects.toMatchObject({
      code: 'validation_error',
    });
    const { secret: own } = await tenant.create({ url: 'https://example.com/' });
    expect(Buffer.from(own.slice(6), 'base64')).toHaveLength(32);
  });

  it('is made once by one command', async () => {
    await using tenant = new Tenant(bench);
    const [a, b] = await Promise.all([1, 2].map(() => tenant.create({ url: 'https://example.com/' }, { commandId: 'c1' })));
    expect(b).toEqual(a);
  });

  it('signs with both secrets while they are rotated, and with the new one alone afterwards', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    const rotate = (overlapSeconds: number) =>
      bench.client.rotateSecret({
        context: tenant.context(`r${overlapSeconds}`),
        endpointId: subscriber.endpointId,
        secret: '',
        overlapSeconds,
      });
    const rotated = await rotate(3600);
    expect(rotated.secret).not.toBe(subscriber.secret);
    expect((await rotate(3600)).secret).toBe(rotated.secret);
    await tenant.event(newId('conversation'));
    const [both] = await subscriber.count(1);
    expect([rotated.secret, subscriber.secret].map((secret) => isSignedWith(secret, both!))).toEqual([true, true]);
    const { secret } = await rotate(0);
    await tenant.event(newId('conversation'));
    const [, alone] = await subscriber.count(2);
    expect([secret, rotated.secret, subscriber.secret].map((one) => isSignedWith(one, alone!))).toEqual([true, false, false]);
  });

  it('that answers 410 is turned off, and goes on where it was when it is enabled again', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber({ eventTypes: ['message.sent'] });
    const conversationId = newId('conversation');
    subscriber.respond({ status: 410 });
    await tenant.event(conversationId);
    const gone = await eventually(
      () => bench.client.getEndpoint({ workspaceId: tenant.workspaceId, endpointId: subscriber.endpointId }),
      ({ enabled }) => !enabled,
    );
    expect(gone).toMatchObject({ disabledReason: 'gone', disabledAt: expect.any(Date) });
    expect((await tenant.deliveries()).map(({ status, attempts }) => [status, attempts])).toEqual([['dead', 1]]);
    for (const refused of [
      () => bench.client.sendTestEvent({ context: tenant.context(), endpointId: subscriber.endpointId }),
      () =>
        bench.client.replayEndpoint({
          context: tenant.context(),
          endpointId: subscriber.endpointId,
          since: new Date(0),
          until: undefined,
          only: 'all',
        }),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'conflict' });
    subscriber.respond();
    expect(await tenant.update(subscriber.endpointId, { enabled: true }, ['enabled'])).toMatchObject({ enabled: true, disabledReason: '' });
    await tenant.event(conversationId);
    await delivered(tenant, 1);
  });

  it('that is turned off gets nothing, and what was waiting waits', async () => {
    await using tenant = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    const witness = await tenant.subscriber();
    subscriber.respond((_, nth) => (nth === 1 ? { status: 503, headers: { 'retry-after': '1' } } : {}));
    const conversationId = newId('conversation');
    await tenant.event(conversationId);
    await subscriber.count(1);
    await tenant.update(subscriber.endpointId, { enabled: false }, ['enabled']);
    await tenant.event(conversationId);
    await witness.count(2);
    expect(await tenant.deliveries({ endpointId: subscriber.endpointId, status: 'pending' })).toHaveLength(1);
    await tenant.update(subscriber.endpointId, { enabled: true }, ['enabled']);
    await subscriber.count(2);
  });

  it('is one of so many', async () => {
    await using tenant = new Tenant(bench);
    for (let i = 0; i < 50; i++) await tenant.create({ url: 'https://example.com/' });
    await expect(tenant.create({ url: 'https://example.com/' })).rejects.toMatchObject({ code: 'conflict' });
    const first = await bench.client.listEndpoints({ workspaceId: tenant.workspaceId, pageSize: 30, cursor: '' });
    const second = await bench.client.listEndpoints({ workspaceId: tenant.workspaceId, pageSize: 30, cursor: first.nextCursor });
    const ids = [...first.endpoints, ...second.endpoints].map(({ endpointId }) => endpointId);
    expect([new Set(ids).size, second.nextCursor]).toEqual([50, '']);
    await bench.client.deleteEndpoint({ context: tenant.context(), endpointId: ids[0]! });
    await tenant.create({ url: 'https://example.com/' });
  });

  it.each([
    [{ url: 'ftp://example.com/' }, 'validation_error'],
    [{ url: 'nonsense' }, 'validation_error'],
    [{ url: 'https://user:secret@example.com/' }, 'validation_error'],
    [{ url: 'https://example.com/#part' }, 'validation_error'],
    [{ url: 'http://169.254.169.254/latest/meta-data' }, 'egress_refused'],
    [{ url: 'http://[::ffff:10.0.0.1]/' }, 'egress_refused'],
    [{ url: 'http://2852039166/' }, 'egress_refused'],
    [{ url: 'https://example.com/', eventTypes: ['send.ready'] }, 'validation_error'],
    [{ url: 'https://example.com/', agentIds: ['x'] }, 'validation_error'],
    [{ url: 'https://example.com/', timeoutMs: 60_000 }, 'validation_error'],
  ])('cannot be %o', async (endpoint, code) => {
    await using tenant = new Tenant(bench);
    await expect(tenant.create(endpoint)).rejects.toMatchObject({ code });
    const made = await tenant.create({ url: 'https://example.com/' });
    const fields = Object.keys(endpoint).map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    await expect(tenant.update(made.endpoint!.endpointId, endpoint, fields)).rejects.toMatchObject({ code });
  });

  it('of one workspace does not exist for another', async () => {
    await using tenant = new Tenant(bench);
    await using stranger = new Tenant(bench);
    const subscriber = await tenant.subscriber();
    await tenant.event(newId('conversation'));
    const [one] = await delivered(tenant, 1);
    const { deliveryId } = one!;
    const { endpointId } = subscriber;
    const [context, workspaceId] = [stranger.context(), stranger.workspaceId];
    for (const call of [
      () => bench.client.getEndpoint({ workspaceId, endpointId }),
      () => stranger.update(endpointId, { enabled: false }, ['enabled']),
      () => bench.client.rotateSecret({ context, endpointId, secret: '', overlapSeconds: 0 }),
      () => bench.client.sendTestEvent({ context, endpointId }),
      () => bench.client.replayEndpoint({ context, endpointId, since: new Date(0), until: undefined, only: 'all' }),
      () => bench.client.getDelivery({ workspaceId, deliveryId }),
      () => bench.client.replayDelivery({ context, deliveryId }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not_found' });
    await bench.client.deleteEndpoint({ context, endpointId });
    expect(await stranger.deliveries({ endpointId })).toEqual([]);
    expect((await bench.client.getEndpoint({ workspaceId: tenant.workspaceId, endpointId })).enabled).toBe(true);
  });
});
