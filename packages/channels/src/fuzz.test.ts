import { BatonError } from '@baton/errors/baton-error.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { receivedAt } from '../test/account.ts';
import type { Row } from '../test/conformance/row.ts';
import { rows } from '../test/conformance/rows.ts';
import { adapters } from './adapters.ts';
import type { RawRequest } from './provider.ts';
import { isProviderId } from './wire/provider-id.ts';

/** Everything that the provider says, as a start for what it might say. */
async function samples(row: Row): Promise<RawRequest[]> {
  const bodies = [
    row.text({ id: 1, words: 'Hello' }),
    row.several?.([1, 2].map((id) => ({ id, words: 'Hello' }))),
    row.media?.({ id: 1 }),
    row.unknown?.({ id: 1 }),
    row.echo?.({ id: 1, words: 'Hello' }),
    ...(row.statuses ?? []).map((status) => row.receipt?.({ id: 'x', status })),
  ];
  return Promise.all(bodies.filter((body) => body !== undefined).map(async (body) => row.request(body)));
}

type Path = (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, Array.isArray(value) ? Number(key) : key]))];
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[first] = replaced(copy[first], rest, by);
  return copy;
}

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom<unknown>(-1, 1e308, 1e15, '', ' ', '\0', '\ud800', '__proto__', 'constructor', [[]], [null], {}, 'x'.repeat(70_000)),
);

/** One place of a good body, or one byte, is something else. */
function spoil(request: RawRequest, pick: number, value: unknown, asBytes: boolean): RawRequest {
  const text = request.body.toString('utf8');
  if (asBytes) {
    const body = Buffer.from(request.body);
    body[pick % body.length] = pick >> 8;
    return { ...request, body };
  }
  if (String(request.headers['content-type']).startsWith('application/json')) {
    const paths = pathsOf(JSON.parse(text));
    return { ...request, body: Buffer.from(JSON.stringify(replaced(JSON.parse(text), paths[pick % paths.length]!, value)) ?? 'null') };
  }
  const params = [...new URLSearchParams(text)];
  params[pick % params.length]![1] = String(JSON.stringify(value));
  return { ...request, body: Buffer.from(new URLSearchParams(params).toString()) };
}

describe.each(rows)('%s', async (_, row) => {
  const adapter = adapters[row.provider];
  const good = await samples(row);

  test('meets a body with something wrong in it by a refusal of the contract or by ignoring it, never with another error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(0xffff), strange, fc.boolean(), async (which, pick, value, asBytes) => {
        const request = spoil(good[which % good.length]!, pick, value, asBytes);
        await adapter.prepare?.(request, row.account, receivedAt);
        adapter.verify(request, row.account, receivedAt);
        try {
          const { messages, receipts } = adapter.parse(request, row.account, receivedAt);
          for (const one of [...messages, ...receipts]) expect(isProviderId(one.provider_message_id)).toBe(true);
        } catch (error) {
          if (!(error instanceof BatonError)) throw error;
          expect(error.httpStatus).toBe(400);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('meets bytes of any kind the same way', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom(...adapter.contentTypes),
        fc.webUrl({ withQueryParameters: true }),
        async (body, type, url) => {
          const request: RawRequest = { ...good[0]!, url, headers: { ...good[0]!.headers, 'content-type': type }, body: Buffer.from(body) };
          await adapter.prepare?.(request, row.account, receivedAt);
          adapter.verify(request, row.account, receivedAt);
          adapter.handshake?.({ ...request, method: 'GET' }, row.account);
          for (const method of adapter.methods) {
            try {
              adapter.parse({ ...request, method }, row.account, receivedAt);
            } catch (error) {
              if (!(error instanceof BatonError)) throw error;
              expect(error.httpStatus).toBe(400);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('meets any answer to a send with one of the four kinds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), fc.string(), (status, body, retryAfter) => {
        const answer = adapter.readSendAnswer(status, { 'retry-after': retryAfter }, body, 'msg_1');
        expect(['sent', 'failed', 'retry', 'unknown']).toContain(answer.kind);
        if (answer.kind === 'sent') expect(status).toBeLessThan(300);
        if (answer.kind === 'retry') expect(answer.afterMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
