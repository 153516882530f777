import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseFor } from './backoff.ts';
import { linkify } from './linkify.ts';
import { maxWaiting, Outbox } from './outbox.ts';
import type { SeenMessage } from './protocol.ts';
import { eventsOf } from './sse.ts';
import { openStore } from './storage.ts';
import { chooseTexts, fill } from './texts/choose.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { es } from './texts/es.ts';
import { accentOf, defaultColor, luminance, textOn } from './theme.ts';
import { Thread } from './thread.ts';

const memory = () =>
  openStore(() => {
    throw new Error('site data are blocked');
  });
const at = '2026-05-15T14:32:01.000Z';
const seen = (over: Partial<SeenMessage>): SeenMessage => ({
  id: 'msg_1',
  client_id: null,
  position: 'conv_1.000000001',
  author: 'ai',
  name: null,
  text: 'Hello',
  attachments: [],
  status: 'sent',
  at,
  ...over,
});

test('only web addresses become links, without the punctuation around them', () => {
  expect(linkify('See https://shop.example/a?b=1, (or http://x.example/y_(z)). javascript:alert(1) www.x.example')).toEqual([
    { text: 'See ' },
    { text: 'https://shop.example/a?b=1', href: 'https://shop.example/a?b=1' },
    { text: ', (or ' },
    { text: 'http://x.example/y_(z))', href: 'http://x.example/y_(z))' },
    { text: '. javascript:alert(1) www.x.example' },
  ]);
  expect(linkify('(https://shop.example)')).toEqual([
    { text: '(' },
    { text: 'https://shop.example', href: 'https://shop.example/' },
    { text: ')' },
  ]);
});

test('whatever a text holds, its pieces are the text, and every link is http or https', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.constantFrom('https://', 'http://[', '"><img src=x>'))),
      (parts) => {
        const text = parts.join(' ');
        const pieces = linkify(text);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        for (const { href } of pieces) if (href !== undefined) expect(href).toMatch(/^https?:\/\//);
      },
    ),
    { numRuns: 40 },
  );
});

test('what was written waits in order, is shared by tabs, and is bounded without dropping anything', () => {
  const store = memory();
  const [here, there] = [new Outbox(store, 'k'), new Outbox(store, 'k')];
  for (let nth = 0; nth < maxWaiting; nth++) expect(here.add({ id: `m${nth}`, text: `${nth}`, at })).toBe(true);
  expect(there.add({ id: 'one more', text: 'x', at })).toBe(false);
  there.mark('m0', 'stored');
  here.remove((id) => id === 'm1');
  expect(there.list().slice(0, 2)).toMatchObject([
    { id: 'm0', state: 'stored' },
    { id: 'm2', state: 'waiting' },
  ]);
  store.setItem('k', '{broken');
  expect(here.list()).toEqual([]);
});

test('a message that comes twice, late or while it still waits here is one line and never goes back a step', () => {
  const thread = new Thread();
  thread.put(seen({ status: 'read' }));
  thread.put(seen({ status: 'sent' }));
  thread.put(seen({ id: 'msg_2', position: 'conv_1.000000000', author: 'visitor', client_id: 'c1', status: 'received' }));
  const waiting = [
    { id: 'c1', text: 'x', at, state: 'stored' as const },
    { id: 'c2', text: 'y', at, state: 'waiting' as const },
  ];
  expect(thread.lines(waiting).map(({ key, message }) => [key, message?.status])).toEqual([
    ['c:c1', 'received'],
    ['m:msg_1', 'read'],
    ['c:c2', undefined],
  ]);
  thread.replace([]);
  expect(thread.lines([])).toEqual([]);
});

test('events are read from bytes however they are cut', async () => {
  const text = 'retry: 2000\n\n: still here\n\ndata: {"a":"ä"}\n\nid: 1\ndata: two\n\ndata: unfinished';
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 8 }), async (cuts) => {
      const places = [0, ...[...new Set(cuts)].sort((a, b) => a - b), bytes.length];
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let nth = 1; nth < places.length; nth++) controller.enqueue(bytes.slice(places[nth - 1], places[nth]));
          controller.close();
        },
      });
      const found: string[] = [];
      for await (const data of eventsOf(body, () => undefined)) found.push(data);
      expect(found).toEqual(['{"a":"ä"}', 'two']);
    }),
  );
});

test('any accent colour gets a text that can be read on it, and what is no colour is the default', () => {
  const hex = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`);
  fc.assert(
    fc.property(hex, (color) => {
      const [a, b] = [luminance(color), luminance(textOn(color))];
      expect((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)).toBeGreaterThanOrEqual(4.5);
    }),
  );
  expect([accentOf('#FA0'), accentOf('#123456'), accentOf('red;}*{display:none'), accentOf(undefined)]).toEqual([
    '#ffaa00',
    '#123456',
    defaultColor,
    defaultColor,
  ]);
});

test('every language has every text with the same places in it, and the first known language counts', () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const other of [de, es])
    for (const [name, text] of Object.entries(en)) {
      const translated = other[name as keyof typeof en];
      expect(translated.trim()).not.toBe('');
      expect(places(translated)).toEqual(places(text));
    }
  expect(chooseTexts([undefined, 'fr-CA', 'de-AT', 'en']).language).toBe('de');
  expect(chooseTexts(['constructor']).language).toBe('en');
  expect(fill('{n} of {m}', { n: '1', m: '$&' })).toBe('1 of $&');
});

test('pauses double up to half a minute, and not everybody comes back at once', () => {
  expect([0, 1, 2, 5, 60].map((failures) => pauseFor(failures, 1))).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  expect(pauseFor(0, 0)).toBe(500);
});
