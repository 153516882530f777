import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { lastMark, MessageSource, mark } from './messages.ts';

const accounts = [0, 1].map((i) => ({ path: `/providers/http/${i}`, address: `+1415100100${i}`, key: randomBytes(32) }));

test('the signatures are those of the official Standard Webhooks library', () => {
  const source = new MessageSource({ accounts, senders: 4, run: 'test' });
  for (let i = 0; i < 4; i++) {
    const { headers, body } = source.take();
    const named = Object.fromEntries(Array.from({ length: headers.length / 2 }, (_, at) => [headers[2 * at]!, headers[2 * at + 1]!]));
    const webhook = new Webhook(accounts[i % 2]!.key.toString('base64'));
    expect(webhook.verify(body.toString(), named)).toMatchObject({ id: named['webhook-id'], to: accounts[i % 2]!.address });
  }
});

test('customers take turns, and each keeps to one channel account', () => {
  const source = new MessageSource({ accounts, senders: 4, run: 'test' });
  const taken = Array.from({ length: 12 }, () => source.take());
  expect(taken.map(({ sender }) => sender)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  for (const { sender, path } of taken) expect(path).toBe(accounts[sender % 2]!.path);
});

test('no message is made twice, whatever is prepared in between', () => {
  const source = new MessageSource({ accounts, senders: 4, run: 'test' });
  const numbers = new Set<number>();
  for (const ahead of [10, 3, 0, 50]) {
    source.prepare(ahead);
    for (let i = 0; i < 20; i++) numbers.add(source.take().number);
  }
  expect(numbers.size).toBe(80);
});

test('of a whole history the newest mark is found, and broken ones are none', () => {
  expect(lastMark(Buffer.from(`{"messages":["hi ${mark(7)}","re ${mark(7)}","and ${mark(12345)}"],"x":1}`))).toBe(12345);
  for (const text of ['', 'no mark', '~#', '~#12', '~#12a~']) expect(lastMark(Buffer.from(text))).toBeUndefined();
});
