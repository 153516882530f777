import { expect, test } from 'vitest';
import { AttachmentLinks } from './attachment-links.ts';

const key = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const noon = new Date('2026-11-21T12:00:00.000Z');
const later = new Date('2026-11-21T12:05:00.000Z');
const file = { workspaceId: 'acc_1', messageId: 'msg_1', index: 2 };
const links = new AttachmentLinks([key('k1', 1)], 'https://baton.example');
const token = (url: string) => url.slice('https://baton.example/attachments/'.length);

test('an address names its file until its time is over', () => {
  const url = links.url(file, later);
  expect(links.open(token(url), noon)).toEqual(file);
  expect(links.open(token(url), later)).toBeUndefined();
});

test('nothing in it can be changed, and none can be made up', () => {
  const good = token(links.url(file, later));
  for (const [from, to] of [
    ['msg_1', 'msg_2'],
    ['.2.', '.1.'],
    ['acc_1', 'acc_2'],
    [String(later.getTime() / 1000), '9999999999'],
  ] as const)
    expect(links.open(good.replace(from, to), noon)).toBeUndefined();
  for (const one of ['', 'x', '....', good.slice(0, -1), `${good}x`, good.replace(/.$/, 'ä')])
    expect(links.open(one, noon)).toBeUndefined();
});

test('one that an older key signed opens while that key is kept', () => {
  const url = links.url(file, later);
  expect(new AttachmentLinks([key('k2', 2), key('k1', 1)], '').open(token(url), noon)).toEqual(file);
  expect(new AttachmentLinks([key('k2', 2)], '').open(token(url), noon)).toBeUndefined();
});
