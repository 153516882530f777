import { providers } from '@baton/contracts/vocabulary.ts';
import { describe, expect, test } from 'vitest';
import { outbound, receivedAt, sendContext } from '../test/account.ts';
import type { Row } from '../test/conformance/row.ts';
import { rows } from '../test/conformance/rows.ts';
import { adapters } from './adapters.ts';
import { capabilitiesOf, textLength } from './capabilities.ts';
import { normalizeAddress } from './phone.ts';
import type { Account, Parsed, RawRequest } from './provider.ts';
import { isProviderId } from './wire/provider-id.ts';
import { maxTextBytes } from './wire/text.ts';

const day = 86_400_000;

async function verify(row: Row, request: RawRequest, at: Account = row.account, now = receivedAt) {
  await adapters[row.provider].prepare?.(request, at, now);
  return adapters[row.provider].verify(request, at, now);
}

async function read(row: Row, request: RawRequest): Promise<Parsed> {
  await adapters[row.provider].prepare?.(request, row.account, receivedAt);
  return adapters[row.provider].parse(request, row.account, receivedAt);
}

const readBody = async (row: Row, body: unknown) => read(row, await row.request(body));

/** What holds for anything that is read, whatever it was. */
function expectSound(row: Row, { messages, receipts, ignored }: Parsed): void {
  expect(ignored).toBeGreaterThanOrEqual(0);
  const here = { workspace_id: row.account.workspaceId, channel_account_id: row.account.channelAccountId, provider: row.provider };
  for (const message of messages) {
    expect(message).toMatchObject({ ...here, agent_id: row.account.agentId });
    expect(isProviderId(message.provider_message_id)).toBe(true);
    expect(message.from).not.toBe('');
    expect(normalizeAddress(message.channel as Account['channel'], message.from)).toBe(message.from);
    expect(['contact', 'human']).toContain(message.author);
    expect(message.text.isWellFormed() && !message.text.includes('\0')).toBe(true);
    expect(Buffer.byteLength(message.text)).toBeLessThanOrEqual(maxTextBytes);
    expect(Number.isNaN(Date.parse(message.sent_at))).toBe(false);
    expect(JSON.stringify(message).length).toBeLessThan(400_000);
    for (const file of message.attachments) expect(file.url).toMatch(/^https?:\/\//);
    // References travel to other systems: no credential of the account may be in them.
    for (const secret of secretsOf(row.account)) expect(JSON.stringify(message.attachments)).not.toContain(secret);
  }
  for (const receipt of receipts) {
    expect(receipt).toMatchObject(here);
    expect(isProviderId(receipt.provider_message_id)).toBe(true);
    expect(['sent', 'delivered', 'read', 'failed']).toContain(receipt.status);
    expect(Number.isNaN(Date.parse(receipt.occurred_at))).toBe(false);
    expect(receipt.status === 'failed').toBe(receipt.error_code !== '');
  }
}

const secretsOf = ({ credentials }: Account) =>
  ['auth_token', 'app_secret', 'access_token', 'bot_token', 'secret_token', 'secret'].flatMap((name) =>
    typeof credentials[name] === 'string' ? [credentials[name]] : [],
  );

test('every provider is in the table', () => {
  expect(new Set(rows.map(([, row]) => row.provider))).toEqual(new Set(providers));
});

describe.each(rows)('%s', (_, row) => {
  const adapter = adapters[row.provider];
  const can = capabilitiesOf(row.provider, row.account.channel);
  const text = (id = 1, words = 'Is it free?') => row.request(row.text({ id, words }));

  test('is believed with the right signature, and not with another, without one or without a secret', async () => {
    expect(await verify(row, await text())).toBe(true);
    if (!row.signature) return;
    expect(await verify(row, await text(), row.withOtherSecret)).toBe('signature_mismatch');
    expect(await verify(row, await text(), row.withoutSecret)).not.toBe(true);
    for (const header of row.signature.headers) {
      const request = await text();
      const { [header]: given, ...headers } = request.headers;
      expect(await verify(row, { ...request, headers })).toBe('signature_missing');
      expect(await verify(row, { ...request, headers: { ...headers, [header]: `x${given}` } })).not.toBe(true);
      expect(await verify(row, { ...request, headers: { ...headers, [header]: '' } })).not.toBe(true);
    }
    if (row.signature.coversBody) {
      const request = await text();
      const body = Buffer.from(request.body);
      body[body.length >> 1] = body[body.length >> 1]! ^ 1;
      expect(await verify(row, { ...request, body })).toBe('signature_mismatch');
    }
  });

  test('a replay is either too old to be believed, or the same message under the same id', async () => {
    const request = await text();
    const later = await verify(row, { ...request }, row.account, new Date(receivedAt.getTime() + 400 * day));
    const [once, twice] = [await read(row, { ...request }), await read(row, { ...request })];
    expect(once.messages).toHaveLength(1);
    expect(twice.messages[0]!.provider_message_id).toBe(once.messages[0]!.provider_message_id);
    expect([true, 'timestamp_out_of_range', 'signature_mismatch']).toContain(later);
  });

  test('a text is one message of the customer, and two texts have two ids', async () => {
    const [one, two] = [
      await readBody(row, row.text({ id: 1, words: 'Is it free?' })),
      await readBody(row, row.text({ id: 2, words: 'Or not?' })),
    ];
    expect(one.messages).toMatchObject([{ author: 'contact', channel: row.account.channel, to: row.account.address, from: row.customer }]);
    expect(one.messages[0]!.text).toContain('Is it free?');
    expect(one.messages[0]!.provider_message_id).not.toBe(two.messages[0]!.provider_message_id);
    expectSound(row, one);
  });

  test.runIf(row.several)('several messages in one body are all read, in their order', async () => {
    const list = Array.from({ length: 5 }, (_none, id) => ({ id: id + 1, words: `No. ${id + 1}` }));
    const parsed = await readBody(row, row.several!(list));
    expect(parsed.messages.map((message) => message.text)).toEqual(list.map(({ words }) => words));
    expect(new Set(parsed.messages.map((message) => message.provider_message_id)).size).toBe(5);
    expectSound(row, parsed);
  });

  test('customers send files exactly where it says so', () => expect(row.media !== undefined).toBe(can.filesIn));

  test.runIf(row.media)('a file is a reference without a secret', async () => {
    const parsed = await readBody(row, row.media!({ id: 1 }));
    expect(parsed.messages[0]!.attachments).toHaveLength(1);
    expectSound(row, parsed);
  });

  test.runIf(row.unknown)('a message of a kind that nobody knows yet is kept, with what came', async () => {
    const parsed = await readBody(row, row.unknown!({ id: 1 }));
    expect(parsed.messages).toMatchObject([{ metadata: { unsupported: true, raw: expect.anything() } }]);
    expect(parsed.messages[0]!.text).toContain('hologram');
    expectSound(row, parsed);
  });

  test.runIf(row.echo)('what a colleague wrote outside is theirs, to the customer', async () => {
    const parsed = await readBody(row, row.echo!({ id: 1, words: 'I have it' }));
    expect(parsed.messages).toMatchObject([{ author: 'human', text: 'I have it', to: row.account.address }]);
    expect(parsed.messages[0]!.from).toContain(row.customer);
    expectSound(row, parsed);
  });

  test.runIf(row.receipt).each(row.statuses ?? [])(
    'a receipt says %s, of the message whose id the send was answered with',
    async (status) => {
      const answer = row.accepted!('id-1:77');
      const sent = adapter.readSendAnswer(answer.status, {}, JSON.stringify(answer.body), 'msg_1');
      if (sent.kind !== 'sent') throw new Error(sent.kind);
      const parsed = await readBody(row, row.receipt!({ id: sent.providerMessageId, status }));
      expect(parsed.receipts[0]).toMatchObject({ provider_message_id: sent.providerMessageId, status });
      expectSound(row, parsed);
    },
  );

  test('tells no more in receipts than it says it does', () => {
    const told = row.statuses ?? [];
    if (told.includes('read')) expect(can.receipts).toBe('read');
    if (can.receipts === 'none') expect(told).toEqual([]);
  });

  test.runIf(can.text.max > 0)('a text as long as it says is sent, and a longer one is not asked for', () => {
    const letters = (count: number) => outbound({ channel: row.account.channel, to: row.customer, text: 'x'.repeat(count) });
    expect(textLength('x'.repeat(can.text.max), can.text.unit)).toBe(can.text.max);
    const fits = adapter.buildSend(letters(can.text.max), row.account, sendContext);
    expect(fits.kind, JSON.stringify(fits).slice(0, 300)).not.toBe('failed');
    if (can.text.longer === 'split')
      expect(adapter.buildSend(letters(can.text.max + 1), row.account, sendContext)).toMatchObject({
        kind: 'failed',
        code: 'text_too_long',
      });
  });

  test.runIf(can.media.maxCount > 0)('as many files as it says are sent', () => {
    const file = { url: 'https://files.example.com/a.pdf', contentType: 'application/pdf', size: 9, name: 'a.pdf' };
    const files = (count: number) =>
      adapter.buildSend(
        outbound({ channel: row.account.channel, to: row.customer, text: '', attachments: Array(count).fill(file) }),
        row.account,
        sendContext,
      );
    expect(files(can.media.maxCount).kind).not.toBe('failed');
    if (can.media.maxCount === 1) expect(files(2)).toMatchObject({ kind: 'failed', code: 'too_many_attachments' });
  });

  test('an account without credentials sends nothing, and says so', () => {
    const built = adapter.buildSend(outbound({ to: row.customer }), { ...row.account, credentials: {} }, sendContext);
    if (built.kind !== 'stored' && row.provider !== 'simulator')
      expect(built).toMatchObject({ kind: 'failed', code: 'channel_misconfigured' });
  });
});
